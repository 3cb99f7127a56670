import type { GatewayLink } from './link/gateway-link.ts';
import type { RuleInputs } from './nodes/rule-inputs.ts';
import type { RuleOverrides } from './rule-config.ts';
import type { Memories } from './rules/memory.ts';
import type { Moment } from './rules/moment.ts';

/** What the process gives its nodes, by way of Node-RED's settings: nothing of it stands in a flow file. */
export interface FlowsProcess {
  readonly link: GatewayLink;
  /** What the configuration says in place of a rule's own settings. */
  readonly overrides: RuleOverrides;
  /** What the rules remember. */
  readonly memories: Memories;
  /** Where rules take what `campus-in` hears. */
  readonly ruleInputs: RuleInputs;
  readonly clock: () => Moment;
}
