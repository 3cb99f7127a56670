import { Compile } from 'typebox/compile';
import { CampusError } from '../contract/errors.ts';
import { readEnrolment } from '../runtime/enrolment-file.ts';
import type { Home } from '../runtime/home.ts';
import { portFromEnv } from '../runtime/ports.ts';
import { type CheckProgress, type CheckReport, checkRoom } from './check/check-room.ts';
import { pathConfigSchema } from './collectors/path/path-config.ts';
import { resolverConfigSchema } from './collectors/resolver/resolver-config.ts';
import { readAgentConfig } from './config.ts';
import { LinuxHost } from './host/linux.ts';

export type { CheckProgress, CheckReport } from './check/check-room.ts';
export { families, familyNames, type StepName, type StepResult, type StepState, stepNames } from './check/step.ts';
export { type Verdict, verdictInWords } from './check/verdict.ts';

export interface CheckHereOptions {
  /** Whose configuration says what is measured and what a lesson needs. */
  home: Home;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onProgress: (progress: CheckProgress) => void;
}

/**
 * Checks the room that this machine stands in, for the command line.
 * @throws CampusError `config_invalid`, `tls_required`, `port_invalid`; AbortError when the signal is given
 */
export async function checkHere({ home, env, signal, onProgress }: CheckHereOptions): Promise<CheckReport> {
  const { agent } = readAgentConfig(home);
  const { path, resolver } = agent.collectors;
  // The schema of all collectors is made of a list: that these two are in it is what the types do not know.
  if (!Compile(pathConfigSchema).Check(path) || !Compile(resolverConfigSchema).Check(resolver)) {
    throw new CampusError('config_invalid', `${home.configFile}: agent.collectors: expected path and resolver`);
  }
  const here = `mqtt://127.0.0.1:${portFromEnv('CAMPUS_MQTT_PORT', env)}`;
  return checkRoom({
    host: new LinuxHost(),
    config: agent.check,
    path,
    queries: resolver.queries,
    gateway: agent.gateway ?? readEnrolment(home)?.gateway ?? here,
    throughput: undefined,
    signal,
    onProgress,
  });
}
