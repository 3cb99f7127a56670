import { type Enrolment, readEnrolment } from '../runtime/enrolment-file.ts';
import type { Home } from '../runtime/home.ts';
import { portFromEnv } from '../runtime/ports.ts';
import { readRunning } from '../runtime/running.ts';
import { type CheckProgress, type CheckReport, checkRoom } from './check/check-room.ts';
import type { Room } from './check/room.ts';
import { checkSettings } from './check/settings.ts';
import { type FamilyMeasurement, throughputTest } from './check/throughput-test.ts';
import { noAgent, notJoined } from './check/unmeasured.ts';
import { readAgentConfig } from './config.ts';
import { LinuxHost } from './host/linux.ts';
import { measureOwnThroughput } from './own-throughput.ts';

export type { CheckProgress, CheckReport } from './check/check-room.ts';
export { reportJson } from './check/report-json.ts';
export { families, familyNames, type StepName, type StepResult, type StepState, stepNames } from './check/step.ts';
export type { FamilyMeasurement } from './check/throughput-test.ts';
export { type Verdict, verdictInWords } from './check/verdict.ts';

/** A person waits before a screen: other boxes may measure for so long, ms, before the check goes on without. */
const TURN_MS = 60_000;

export interface CheckHereOptions {
  /** Whose configuration says what is measured and what a lesson needs. */
  home: Home;
  env: NodeJS.ProcessEnv;
  /** How the gateway that runs on this home measures its own machine; undefined where none does. A machine that has joined another has its own way. */
  measureAsGateway: FamilyMeasurement | undefined;
  signal: AbortSignal;
  onProgress: (progress: CheckProgress) => void;
}

/**
 * Checks the room that this machine stands in, for the command line.
 * @throws CampusError `config_invalid`, `tls_required`, `port_invalid`, `credentials_wrong`; AbortError when the signal is given
 */
export async function checkHere(options: CheckHereOptions): Promise<CheckReport> {
  const { home, env, signal, onProgress } = options;
  const { agent } = readAgentConfig(home);
  const here = `mqtt://127.0.0.1:${portFromEnv('CAMPUS_MQTT_PORT', env)}`;
  const enrolment = readEnrolment(home);
  return checkRoom({
    host: new LinuxHost(),
    ...checkSettings(agent),
    gateway: agent.gateway ?? enrolment?.gateway ?? here,
    throughput: throughputHere(enrolment, options),
    signal,
    onProgress,
  });
}

/** How throughput is measured on this machine, or why it is not. */
function throughputHere(
  enrolment: Enrolment | undefined,
  { home, measureAsGateway }: CheckHereOptions,
): Room['throughput'] {
  if (enrolment === undefined) return measureAsGateway === undefined ? notJoined : throughputTest(measureAsGateway);
  if (readRunning(home.agentDir) === undefined) return noAgent;
  return throughputTest((family, during) =>
    measureOwnThroughput({
      ...{ enrolment, choice: { families: [family] }, turnMs: TURN_MS, now: Date.now },
      ...during,
    }),
  );
}
