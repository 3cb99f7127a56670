import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';

/** What a measurement was made on. */
export interface Machine {
  cpu: string;
  cores: number;
  memory_gb: number;
  kernel: string;
  /** The file system that the stores lay on, and its device: `ext4 on /dev/vda`. */
  disk: string;
  node: string;
}

export function thisMachine(): Machine {
  const model = cpus()[0]?.model.trim() ?? '';
  return {
    cpu: model === '' || model === 'unknown' ? process.arch : model,
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 1e8) / 10,
    kernel: release(),
    disk: diskOf(tmpdir()),
    node: process.version,
  };
}

/** The mount that holds a directory: the longest mount point that begins its path (proc(5), mounts). */
function diskOf(dir: string): string {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').trim().split('\n');
  const holding = mounts
    .map((line) => line.split(' '))
    .filter(([, point = '']) => dir === point || dir.startsWith(point.endsWith('/') ? point : `${point}/`))
    .sort(([, a = ''], [, b = '']) => b.length - a.length);
  const [device = '', , type = ''] = holding[0] ?? [];
  return `${type} on ${device}, ${kindOf(device)}`;
}

/** What Linux says of a block device (/sys/block/NAME/queue/rotational); of a virtual machine's it knows nothing. */
function kindOf(device: string): string {
  const name = device.replace(/^\/dev\//, '').replace(/(?<=\d)p\d+$|(?<=^[a-z]+)\d+$/, '');
  if (/^(x?vd)/.test(name)) return 'a virtual disk';
  if (name.startsWith('mmcblk')) return 'an SD card or eMMC';
  const file = `/sys/block/${name}/queue/rotational`;
  if (!existsSync(file)) return 'no disk of its own';
  return readFileSync(file, 'utf8').trim() === '1' ? 'a hard disk' : 'solid state';
}

/** The checkout's commit, so that a figure can be measured again; empty where there is no git. */
export function commitOf(dir: string): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: dir, encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
