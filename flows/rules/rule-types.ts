import { AbsenceRule, parseAbsenceNode } from './absence-rule.ts';
import { baselineKind, parseBaselineNode } from './baseline.ts';
import { changeKind, parseChangeNode } from './change-of-state.ts';
import { flappingKind, parseFlappingNode } from './flapping.ts';
import { forecastKind, parseForecastNode } from './forecast.ts';
import { forgetful, type Memories } from './memory.ts';
import { PointRule } from './point-rule.ts';
import { parseRateNode, rateKind } from './rate-of-change.ts';
import type { Rule } from './rule.ts';
import { parseShareNode } from './share.ts';
import { ShareRule } from './share-rule.ts';
import { thresholdKind } from './threshold.ts';
import { parseThresholdNode } from './threshold-settings.ts';

/** A rule node whose settings read. */
export interface ReadRule {
  ruleId: string;
  /** The rule, with what an earlier run remembered. */
  create(memories: Memories): Rule;
}

/**
 * Reads a rule node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid`
 */
export type ReadRuleNode = (definition: object, override?: object) => ReadRule;

/** Every kind of rule, by the type of its node. */
export const ruleTypes: Readonly<Record<string, ReadRuleNode>> = {
  'campus-threshold': (definition, override) => {
    const settings = parseThresholdNode(definition, override);
    const { rule } = settings.node;
    return {
      ruleId: rule,
      create: ({ armedLevels }) => new PointRule(settings, thresholdKind(settings), armedLevels.of(rule)),
    };
  },
  'campus-absence': (definition, override) => {
    const node = parseAbsenceNode(definition, override);
    return { ruleId: node.rule, create: ({ absences }) => new AbsenceRule(node, absences.of(node.rule)) };
  },
  'campus-rate': (definition, override) => {
    const settings = parseRateNode(definition, override);
    return { ruleId: settings.node.rule, create: () => new PointRule(settings, rateKind(settings), forgetful()) };
  },
  'campus-change': (definition, override) => {
    const settings = parseChangeNode(definition, override);
    const { rule } = settings.node;
    return { ruleId: rule, create: ({ states }) => new PointRule(settings, changeKind(settings), states.of(rule)) };
  },
  'campus-flapping': (definition, override) => {
    const settings = parseFlappingNode(definition, override);
    const { rule } = settings.node;
    return { ruleId: rule, create: ({ changes }) => new PointRule(settings, flappingKind(settings), changes.of(rule)) };
  },
  'campus-baseline': (definition, override) => {
    const settings = parseBaselineNode(definition, override);
    const { rule } = settings.node;
    return { ruleId: rule, create: ({ seasons }) => new PointRule(settings, baselineKind(settings), seasons.of(rule)) };
  },
  'campus-forecast': (definition, override) => {
    const settings = parseForecastNode(definition, override);
    const { rule } = settings.node;
    return { ruleId: rule, create: ({ trends }) => new PointRule(settings, forecastKind(settings), trends.of(rule)) };
  },
  'campus-share': (definition, override) => {
    const settings = parseShareNode(definition, override);
    return { ruleId: settings.node.rule, create: () => new ShareRule(settings) };
  },
};
