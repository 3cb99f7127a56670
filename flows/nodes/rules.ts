import type { AlertRequest } from '../../contract/alert.ts';
import { overrideOf } from '../config.ts';
import type { FlowMessage, NodeRedApi } from '../node-red.ts';
import type { Moment } from '../rules/moment.ts';
import type { Rule } from '../rules/rule.ts';
import { ruleTypes } from '../rules/rule-types.ts';
import { isHeardMessage, isStateMessage, isTelemetryMessage } from './flow-message.ts';
import { readSettings } from './node-settings.ts';
import { runRule } from './rule-node.ts';

/** Registers a node for each kind of rule. */
export function registerRules(RED: NodeRedApi): void {
  for (const [type, read] of Object.entries(ruleTypes)) {
    RED.nodes.registerType(type, function (definition) {
      RED.nodes.createNode(this, definition);
      const process = RED.settings.campusEdge;
      const override = overrideOf(process.overrides, String(definition['rule']));
      const settings = readSettings(this, () => read(definition, override));
      if (settings === undefined) return;
      const { ruleId } = settings;
      const rule = settings.create(process.memories);
      runRule({ node: this, process, ruleId, rule, take: (message, now) => take(rule, message, now) });
    });
  }
}

/** Gives a message to a rule; undefined when it is none that the rule takes. */
function take(rule: Rule, message: FlowMessage, now: Moment): AlertRequest[] | undefined {
  if (isTelemetryMessage(message)) return rule.telemetry(message.device, message.payload, now);
  if (isStateMessage(message)) return rule.state(message.device, message.payload, now);
  if (isHeardMessage(message)) return rule.heard?.(message.device, message.payload.replayed, now);
  return undefined;
}
