/**
 * Node-RED's own nodes that flows may use, by file. Left out is what has no use here: servers (there is no listener for them), running
 * commands and writing files (the account of this service should do neither for a flow), rare formats.
 */
const offered: Readonly<Record<string, readonly string[]>> = {
  '05-junction.js': ['junction'],
  '20-inject.js': ['inject'],
  '21-debug.js': ['debug'],
  '24-complete.js': ['complete'],
  '25-catch.js': ['catch'],
  '25-status.js': ['status'],
  '60-link.js': ['link in', 'link out', 'link call'],
  '90-comment.js': ['comment'],
  '91-global-config.js': ['global-config'],
  '10-switch.js': ['switch'],
  '15-change.js': ['change'],
  '16-range.js': ['range'],
  '80-template.js': ['template'],
  '89-delay.js': ['delay'],
  '89-trigger.js': ['trigger'],
  'rbe.js': ['rbe'],
  '05-tls.js': ['tls-config'],
  '06-httpproxy.js': ['http proxy'],
  '10-mqtt.js': ['mqtt-broker', 'mqtt in', 'mqtt out'],
  '21-httprequest.js': ['http request'],
  '70-CSV.js': ['csv'],
  '70-JSON.js': ['json'],
  '17-split.js': ['split', 'join'],
  '18-sort.js': ['sort'],
  '19-batch.js': ['batch'],
};

/** What runs whatever a flow's author writes, as this process: offered where the configuration says so. */
const onRequest = {
  functions: { '10-function.js': ['function'] },
  exec: { '90-exec.js': ['exec'] },
} as const satisfies Record<string, Readonly<Record<string, readonly string[]>>>;

/** Which of the dangerous nodes are offered. */
export type NodePermissions = Readonly<Record<keyof typeof onRequest, boolean>>;

/** The types of Node-RED's own nodes that flows may use. */
export const offeredTypes: readonly string[] = Object.values(offered).flat();

/** How Node-RED's editor shows a node whose type is not there; see `missing-types.ts`. */
const ALWAYS = '98-unknown.js';

/**
 * The files of Node-RED's own nodes to load. Without the editor that is what the flows use and no more: some bring large libraries,
 * and memory is short on a small box.
 * @param usedTypes node types that stand in the flows; `all` where an editor offers them
 */
export function coreNodesFor(usedTypes: ReadonlySet<string> | 'all', permissions: NodePermissions): string[] {
  const files: [string, readonly string[]][] = [
    ...Object.entries(offered),
    ...(permissions.functions ? Object.entries(onRequest.functions) : []),
    ...(permissions.exec ? Object.entries(onRequest.exec) : []),
  ];
  const used = files.filter(([, types]) => usedTypes === 'all' || types.some((type) => usedTypes.has(type)));
  return [ALWAYS, ...used.map(([file]) => file)];
}
