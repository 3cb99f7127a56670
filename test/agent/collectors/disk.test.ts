import { statfsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createDisk, usageReading } from '../../../agent/collectors/disk/disk.ts';
import { parseMounts } from '../../../agent/collectors/disk/mounts.ts';
import { selectMounts } from '../../../agent/collectors/disk/select.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { fixture, makeTree, noSignal } from '../tree.ts';

describe('parseMounts', () => {
  test('reads device, mount point, type and options, and resolves octal escapes', () => {
    const mounts = parseMounts(fixture('disk/mounts'));
    expect(mounts).toHaveLength(18);
    expect(mounts[9]).toEqual({
      device: '/dev/sda1',
      mountPoint: '/media/class photos\t2024',
      type: 'exfat',
      options: ['ro', 'nosuid', 'nodev', 'relatime'],
    });
    expect(parseMounts('a\\134b /a\\043\\012b ext4 rw 0 0\n')[0]).toMatchObject({
      device: 'a\\b',
      mountPoint: '/a#\nb',
    });
  });

  test('refuses truncated and nonsense lines with their number', () => {
    expect(() => parseMounts('/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /data ex')).toThrow(
      '/proc/self/mounts line 2: expected device, mount point, type, options and two numbers, got "/dev/sdb1 /data ex"',
    );
    expect(() => parseMounts('/dev/sda1 / ext4 rw zero 0\n')).toThrow('line 1');
    expect(() => parseMounts('nonsense')).toThrow('line 1');
  });
});

describe('selectMounts', () => {
  test('keeps what holds data, each device once', () => {
    const selected = selectMounts(parseMounts(fixture('disk/mounts')));
    expect(selected.map(({ mountPoint }) => mountPoint)).toEqual([
      '/',
      '/srv',
      '/boot/firmware',
      '/media/class photos\t2024',
      '/mnt/nas',
    ]);
  });

  test('keeps an overlay, a memory disk or an image that is the root', () => {
    for (const type of ['overlay', 'tmpfs', 'squashfs']) {
      const table = parseMounts(`rootfs / rootfs rw 0 0\n${type} / ${type} rw 0 0\n${type} /x ${type} rw 0 0\n`);
      expect(selectMounts(table)).toMatchObject([{ mountPoint: '/', type }]);
    }
  });

  test('of two mounts on one point, the later hides the earlier', () => {
    const table = parseMounts('/dev/sda1 /data ext4 rw 0 0\n/dev/sdb1 /data xfs rw 0 0\n');
    expect(selectMounts(table)).toMatchObject([{ device: '/dev/sdb1' }]);
  });

  test('measures two mounts of other machines at most', () => {
    const table = parseMounts([1, 2, 3].map((n) => `nas:/e${n} /mnt/${n} nfs4 rw 0 0\n`).join(''));
    expect(selectMounts(table)).toHaveLength(2);
  });
});

describe('the disk collector', () => {
  test('counts percent as df does and leaves out the inodes of a file system without', () => {
    const usage = {
      blockBytes: 4096,
      blocks: 1000,
      blocksFree: 300,
      blocksAvailable: 250,
      inodes: 400,
      inodesFree: 100,
    };
    expect(usageReading(usage)).toEqual({
      total_bytes: 4_096_000,
      used_bytes: 2_867_200,
      free_bytes: 1_228_800,
      available_bytes: 1_024_000,
      used_percent: (100 * 700) / 950,
      inodes_total: 400,
      inodes_used: 300,
      inodes_free: 100,
      inodes_used_percent: 75,
    });
    expect(usageReading({ ...usage, inodes: 0, inodesFree: 0 })).not.toHaveProperty('inodes_total');
  });

  test('reports the mounts that answer, with the read-only flag', async () => {
    const table = '/dev/vda / ext4 rw 0 0\n/dev/vdb /data ext4 ro,noatime 0 0\n/dev/vdc /gone ext4 rw 0 0\n';
    const root = makeTree({ '/proc/self/mounts': table, '/data/file': '' });
    const result = await createDisk().collect(new LinuxHost({ root }), {}, noSignal);
    const { blocks, bsize } = statfsSync(root);
    expect(result).toMatchObject([
      {
        name: 'disk',
        tags: { mount: '/', block_device: '/dev/vda', filesystem: 'ext4' },
        fields: { read_only: false },
      },
      { tags: { mount: '/data' }, fields: { read_only: true, total_bytes: blocks * bsize } },
    ]);
  });

  test('is not present where nothing holds data', async () => {
    const root = makeTree({ '/proc/self/mounts': 'proc /proc proc rw 0 0\n' });
    expect(await createDisk().collect(new LinuxHost({ root }), {}, noSignal)).toEqual({
      notPresent: 'no file system holds data',
    });
  });
});
