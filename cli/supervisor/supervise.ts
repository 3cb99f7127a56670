import type { ChildProcess } from 'node:child_process';
import { SHUTDOWN_MS } from '../../runtime/shutdown.ts';
import type { Ready } from './ready.ts';
import { type ProcessName, processNames } from './spawn-process.ts';
import { Supervised } from './supervised.ts';

/** How long agent and flows get to hand over what they hold before the gateway is asked to end, too. */
const HAND_OVER_MS = 4000;
/** What a supervisor above this one grants us, less the time to exit. */
const ALL_ENDED_MS = SHUTDOWN_MS - 300;

export interface SuperviseOptions {
  spawn: (name: ProcessName) => ChildProcess;
  /** Resolves when everything is to end. */
  stop: Promise<unknown>;
  /** The gateway is ready for the first time. */
  onFirstReady: (ready: Ready) => void;
  /** A process ended by itself and will be started again. */
  onEnded: (name: ProcessName, cause: string, waitMs: number) => void;
}

/**
 * Runs gateway, agent and flows until `stop` resolves. The gateway comes first, for it hands the others their credentials.
 * @returns `stopped`, or `refused` when one of them could not run as it is configured (it has said why on standard error)
 */
export async function supervise(options: SuperviseOptions): Promise<'stopped' | 'refused'> {
  const end = Promise.withResolvers<'stopped' | 'refused'>();
  const gatewayReady = Promise.withResolvers<Ready>();
  const supervised = (name: ProcessName): Supervised =>
    new Supervised({
      spawn: () => options.spawn(name),
      onReady: (ready) => {
        if (name === 'gateway') gatewayReady.resolve(ready);
      },
      onEnded: (cause, waitMs) => options.onEnded(name, cause, waitMs),
      onRefused: () => end.resolve('refused'),
    });
  const processes = { gateway: supervised('gateway'), agent: supervised('agent'), flows: supervised('flows') };

  options.stop.then(() => end.resolve('stopped'), end.reject);
  gatewayReady.promise.then((ready) => {
    options.onFirstReady(ready);
    processes.agent.start();
    processes.flows.start();
  }, end.reject);
  processes.gateway.start();
  const outcome = await end.promise;
  await stopAll(processes);
  return outcome;
}

/** Ends agent and flows, then the gateway that takes their last messages; what has not ended in time is killed. */
async function stopAll(processes: Record<ProcessName, Supervised>): Promise<void> {
  const overdue = setTimeout(() => {
    for (const name of processNames) processes[name].kill();
  }, ALL_ENDED_MS);
  const clients = Promise.all([processes.agent.stop(), processes.flows.stop()]);
  const handedOver = Promise.withResolvers<void>();
  const enough = setTimeout(handedOver.resolve, HAND_OVER_MS);
  await Promise.race([clients, handedOver.promise]);
  clearTimeout(enough);
  await Promise.all([clients, processes.gateway.stop()]);
  clearTimeout(overdue);
}
