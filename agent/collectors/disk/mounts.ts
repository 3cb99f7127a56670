import { parseFailure } from '../../parse-failure.ts';

/** One line of the mount table. */
export interface Mount {
  device: string;
  mountPoint: string;
  type: string;
  options: readonly string[];
}

/**
 * Parses /proc/self/mounts (proc(5), fstab(5)): device, mount point, type, options, two numbers that say nothing here.
 * Space, tab, newline, backslash and `#` stand there as an octal escape.
 *
 *     /dev/mmcblk0p2 / ext4 rw,noatime 0 0
 *     /dev/sda1 /media/class\040photos vfat ro,relatime,fmask=0022 0 0
 *
 * @throws CampusError `parse_failed`
 */
export function parseMounts(text: string): Mount[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const [device, mountPoint, type, options, dump, pass, ...rest] = line.split(' ');
    const numbers = /^\d+$/.test(dump ?? '') && /^\d+$/.test(pass ?? '');
    if (!device || !mountPoint || !type || !options || !numbers || rest.length > 0) {
      const place = { source: '/proc/self/mounts', line: index + 1 };
      throw parseFailure(place, 'device, mount point, type, options and two numbers', line);
    }
    return [
      { device: unescapeOctal(device), mountPoint: unescapeOctal(mountPoint), type, options: options.split(',') },
    ];
  });
}

/** The kernel escapes bytes, not characters, but only such that are characters of their own in UTF-8. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
