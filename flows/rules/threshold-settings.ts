import { CampusError } from '../../contract/errors.ts';
import { parseNode, ThresholdNode } from './rule-settings.ts';
import type { ThresholdSettings } from './threshold.ts';
import { type Watch, watchOf } from './watch.ts';

/** A threshold node, understood: what it watches, when it speaks, and how its alerts are classed. */
export interface ThresholdRuleSettings extends Watch {
  node: ThresholdNode;
  threshold: ThresholdSettings;
}

/**
 * Reads a threshold node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid` when it does not read, or would raise and clear at once
 */
export function parseThresholdNode(definition: object, override: object = {}): ThresholdRuleSettings {
  const node = parseNode(ThresholdNode, { ...definition, ...override });
  return { ...watchOf(node), node, threshold: thresholdSettings(node) };
}

function thresholdSettings(node: ThresholdNode): ThresholdSettings {
  const { direction } = node;
  const times = { forSeconds: node.for_seconds, clearForSeconds: node.clear_for_seconds };
  const armAt = parseNumbers(node.arm_at);
  if (armAt.length > 0) return { direction: 'below', raise: 0, clear: 0, ...times, armAt };
  const { raise, clear = raise } = node;
  if (raise === undefined || clear === undefined) {
    throw new CampusError('config_invalid', 'raise: expected a number, or arm_at in its place, got nothing');
  }
  if (direction === 'above' ? clear > raise : clear < raise) {
    const wanted = direction === 'above' ? 'at most' : 'at least';
    throw new CampusError('config_invalid', `clear: expected ${wanted} raise (${raise}), got ${clear}`);
  }
  return { direction, raise, clear, ...times, armAt: [] };
}

function parseNumbers(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const value = Number(part);
      if (!Number.isFinite(value)) {
        throw new CampusError('config_invalid', `arm_at: expected numbers separated by commas, got "${part}"`);
      }
      return value;
    });
}
