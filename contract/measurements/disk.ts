import { defineMeasurement } from '../measurement.ts';

/** One point per mounted file system that holds data (statfs(2)). */
export const disk = defineMeasurement({
  name: 'disk',
  en: 'Space and inodes of each file system',
  zh: '各文件系统的空间与索引节点',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    mount: { en: 'Mount point', zh: '挂载点' },
    block_device: { en: 'Block device', zh: '块设备' },
    filesystem: { en: 'File system type', zh: '文件系统类型' },
  },
  fields: {
    total_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'Size', zh: '容量' },
    used_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'Used', zh: '已用' },
    free_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'Free', zh: '空闲' },
    available_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'Free for ordinary users', zh: '普通用户可用' },
    used_percent: { type: 'number', unit: '%', kind: 'gauge', en: 'Used (as df counts)', zh: '使用率' },
    inodes_total: { type: 'number', kind: 'gauge', en: 'Inodes', zh: '索引节点总数' },
    inodes_used: { type: 'number', kind: 'gauge', en: 'Inodes used', zh: '已用索引节点' },
    inodes_free: { type: 'number', kind: 'gauge', en: 'Inodes free', zh: '空闲索引节点' },
    inodes_used_percent: { type: 'number', unit: '%', kind: 'gauge', en: 'Inodes used', zh: '索引节点使用率' },
    read_only: { type: 'boolean', en: 'Mounted read-only', zh: '只读挂载' },
  },
});
