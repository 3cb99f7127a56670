import type { RuleOverrides } from './config.ts';
import type { GatewayLink } from './link/gateway-link.ts';
import type { RuleMemoryFile } from './rule-memory.ts';
import type { RememberedDevice } from './rules/absence-memory.ts';
import type { Moment } from './rules/moment.ts';

/** What the process gives its nodes, by way of Node-RED's settings: nothing of it stands in a flow file. */
export interface FlowsProcess {
  readonly link: GatewayLink;
  /** What the configuration says in place of a rule's own settings. */
  readonly overrides: RuleOverrides;
  readonly armedLevels: RuleMemoryFile<number>;
  readonly absences: RuleMemoryFile<RememberedDevice>;
  readonly clock: () => Moment;
}
