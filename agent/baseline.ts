import type { Home } from '../runtime/home.ts';
import { ownPorts } from '../runtime/ports.ts';
import { type BaselineReport, checkBox } from './baseline/report.ts';
import { readAgentConfig } from './config.ts';
import { LinuxHost } from './host/linux.ts';

export { clauses, type Verdict } from './baseline/check.ts';
export { highRiskPorts } from './baseline/known-ports.ts';
export { type BaselineReport, checks, countVerdicts, type Result } from './baseline/report.ts';

export interface BaselineOptions {
  /** Whose configuration says what the box is held to. */
  home: Home;
  env: NodeJS.ProcessEnv;
  /** Where the machine's tree begins: `/`, or a copy of one. */
  root: string;
}

/**
 * The baseline self-check of a box, for the command line.
 * @throws CampusError `config_invalid`, `port_invalid`
 */
export function checkBaseline({ home, env, root }: BaselineOptions): Promise<BaselineReport> {
  return checkBox({
    host: new LinuxHost({ root }),
    config: readAgentConfig(home).agent.baseline,
    ownPorts: ownPorts(env),
    signal: new AbortController().signal,
  });
}
