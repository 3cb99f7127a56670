import { overrideOf } from '../config.ts';
import type { NodeRedApi } from '../node-red.ts';
import { ruleTypes } from '../rules/rule-types.ts';
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
      runRule({ node: this, process, ruleId, rule });
    });
  }
}
