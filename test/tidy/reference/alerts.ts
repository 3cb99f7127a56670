import { shippedFlows } from '../../../flows/default-flows.ts';
import type { FlowEntry } from '../../../flows/flow-file.ts';
import { markdownTable } from './markdown.ts';

/** Every rule that ships: what it watches, when it raises and clears its alert, and why so. */
export function alertsReference(): string {
  const rules = shippedFlows.filter((node) => 'rule' in node);
  return markdownTable(
    ['rule', 'watches', 'raised', 'cleared', 'why', '原因'],
    rules.map((node) => {
      const [en = '', zh = ''] = String(node['info']).split('\n\n');
      const off = node['enabled'] === true ? '' : ' (off)';
      return [`\`${node['rule']}\`${off}<br>${node['name']}`, watched(node), raised(node), cleared(node), en, zh];
    }),
  );
}

function watched(node: FlowEntry): string {
  if (node.type === 'campus-absence') return 'every device';
  const each = node['subject_tag'] === '' ? '' : `, by ${node['subject_tag']}`;
  const only = node['filter'] === '' ? '' : `, where \`${node['filter']}\``;
  return `\`${node['measurement']}.${node['field']}\`${each}${only}`;
}

function lasting(seconds: unknown): string {
  return Number(seconds) > 0 ? ` for ${seconds} s` : '';
}

function raised(node: FlowEntry): string {
  const { raise, limit, normal, direction } = node as Readonly<Record<string, unknown>>;
  const held = lasting(node['for_seconds']);
  switch (node.type) {
    case 'campus-absence':
      return `offline for ${node['hold_seconds']} s, or silent for ${node['timeout_seconds']} s`;
    case 'campus-change':
      return `not ${normal}${node['only_after_normal'] === true ? ', having been so,' : ''}${held}`;
    case 'campus-flapping':
      return `${raise} changes in ${node['window_seconds']} s`;
    case 'campus-rate':
      return `${direction} by more than ${raise} in ${node['window_seconds']} s`;
    case 'campus-baseline':
      return `${raise} deviations ${direction} the usual${held}, after ${node['learn_weeks']} weeks`;
    case 'campus-forecast':
      return `${limit} in fewer than ${raise} days, by ${Number(node['window_seconds']) / 86_400} days`;
    case 'campus-share':
      return `more than ${raise} % of at least ${node['least_devices']} devices ${limit === '' ? `not ${normal}` : `${direction} ${limit}`}${held}`;
    default:
      return node['arm_at'] === '' ? `${direction} ${raise}${held}` : `below ${node['arm_at']} once reached${held}`;
  }
}

function cleared(node: FlowEntry): string {
  const { clear, direction } = node as Readonly<Record<string, unknown>>;
  const held = lasting(node['clear_for_seconds']);
  switch (node.type) {
    case 'campus-absence':
      return 'heard of again';
    case 'campus-change':
      return `${node['normal']}${held}`;
    case 'campus-flapping':
      return `${clear} changes left in the window`;
    case 'campus-rate':
      return `${clear} or less in the window`;
    case 'campus-baseline':
      return `${clear} deviations or fewer${held}`;
    case 'campus-forecast':
      return `more than ${clear} days left`;
    case 'campus-share':
      return `fewer than ${clear} %${held}`;
    default:
      return node['arm_at'] === ''
        ? `${direction === 'above' ? 'below' : 'above'} ${clear}${held}`
        : `reached again${held}`;
  }
}
