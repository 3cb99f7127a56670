import { overrideOf } from '../config.ts';
import type { NodeRedApi } from '../node-red.ts';
import { AbsenceRule, parseAbsenceNode } from '../rules/absence-rule.ts';
import { isHeardMessage, isStateMessage, isTelemetryMessage } from './flow-message.ts';
import { readSettings } from './node-settings.ts';
import { runRule } from './rule-node.ts';

/** Registers `campus-absence`: a device that is not heard of any more. */
export function registerAbsence(RED: NodeRedApi): void {
  RED.nodes.registerType('campus-absence', function (definition) {
    RED.nodes.createNode(this, definition);
    const process = RED.settings.campusEdge;
    const override = overrideOf(process.overrides, String(definition['rule']));
    const settings = readSettings(this, () => parseAbsenceNode(definition, override));
    if (settings === undefined) return;
    const rule = new AbsenceRule(settings, process.absences.of(settings.rule));
    runRule({
      node: this,
      process,
      ruleId: settings.rule,
      rule,
      take: (message, now) => {
        if (isStateMessage(message)) return rule.state(message.device, message.payload, now);
        if (isHeardMessage(message)) return rule.heard(message.device, message.payload.replayed, now);
        if (!isTelemetryMessage(message)) return undefined;
        return rule.heard(message.device, message.payload.replayed === true, now);
      },
      takes: 'telemetry or states of campus-in nodes',
    });
  });
}
