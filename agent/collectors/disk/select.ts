import type { Mount } from './mounts.ts';

/** Images that are full by design: their 100 % is no news. */
const images = new Set(['squashfs', 'erofs', 'cramfs', 'romfs', 'iso9660', 'udf']);
/** File systems that keep data although no block device stands before them. */
const withoutBlockDevice = new Set(['zfs', 'bcachefs', 'ubifs', 'jffs2', 'yaffs2', 'virtiofs', 'vboxsf']);
/** File systems of another machine. */
const remote = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  '9p',
  'ceph',
  'glusterfs',
  'fuse.glusterfs',
  'fuse.sshfs',
  'afs',
]);

/** A dead server keeps one of the four threads that read files; more mounts than this of other machines are not measured. */
const REMOTE_MOUNTS_MAX = 2;

/**
 * The mounts that hold data, each file system once: no kernel interfaces, memory disks or images, no second view of a
 * device (bind mounts, snapshots), no layers of containers. Whatever lies at `/` is what the machine lives on and stays.
 */
export function selectMounts(mounts: readonly Mount[]): Mount[] {
  const visible = new Map(mounts.map((mount) => [mount.mountPoint, mount]));
  const byDevice = new Map<string, Mount>();
  for (const mount of [...visible.values()].sort(rootFirst)) {
    if (!holdsData(mount)) continue;
    const key = `${mount.device}\n${mount.type}`;
    if (!byDevice.has(key)) byDevice.set(key, mount);
  }
  const selected = [...byDevice.values()];
  const remotes = selected.filter(isRemote).slice(0, REMOTE_MOUNTS_MAX);
  return [...selected.filter((mount) => !isRemote(mount)), ...remotes];
}

function holdsData(mount: Mount): boolean {
  if (mount.mountPoint === '/') return true;
  if (images.has(mount.type)) return false;
  return mount.device.startsWith('/dev/') || withoutBlockDevice.has(mount.type) || isRemote(mount);
}

function isRemote({ type }: Mount): boolean {
  return remote.has(type);
}

/** Shorter paths are nearer to where a device is really mounted than those of its bind mounts. */
function rootFirst(one: Mount, other: Mount): number {
  return one.mountPoint.length - other.mountPoint.length;
}
