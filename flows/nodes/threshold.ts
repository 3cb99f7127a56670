import { overrideOf } from '../config.ts';
import type { NodeRedApi } from '../node-red.ts';
import { ThresholdRule } from '../rules/threshold-rule.ts';
import { parseThresholdNode } from '../rules/threshold-settings.ts';
import { isTelemetryMessage } from './flow-message.ts';
import { readSettings } from './node-settings.ts';
import { runRule } from './rule-node.ts';

/** Registers `campus-threshold`: a value beyond a limit for some time. */
export function registerThreshold(RED: NodeRedApi): void {
  RED.nodes.registerType('campus-threshold', function (definition) {
    RED.nodes.createNode(this, definition);
    const process = RED.settings.campusEdge;
    const override = overrideOf(process.overrides, String(definition['rule']));
    const settings = readSettings(this, () => parseThresholdNode(definition, override));
    if (settings === undefined) return;
    const ruleId = settings.node.rule;
    const rule = new ThresholdRule(settings, process.armedLevels.of(ruleId));
    runRule({
      node: this,
      process,
      ruleId,
      rule,
      take: (message, now) =>
        isTelemetryMessage(message) ? rule.telemetry(message.device, message.payload, now) : undefined,
      takes: 'telemetry of a campus-in node',
    });
  });
}
