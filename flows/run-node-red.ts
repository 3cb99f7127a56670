import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CampusError } from '../contract/errors.ts';
import type { NodeRed, NodeRedSettings } from './node-red.ts';

/** How long the flows may take to start, ms; on a small box with a slow card they need some seconds. */
const START_MS = 60_000;

/** What Node-RED reports when it does not start the flows. */
const NotStarted = Type.Object({ payload: Type.Object({ state: Type.Literal('stop'), error: Type.String() }) });
const notStarted = Compile(NotStarted);

/**
 * Starts Node-RED and its flows; resolves when they run.
 * @param onDeployed called each time flows have started, the first time included
 * @throws CampusError `internal` when Node-RED starts but not its flows
 */
export async function runNodeRed(nodeRed: NodeRed, settings: NodeRedSettings, onDeployed: () => void): Promise<void> {
  nodeRed.util.init(settings);
  nodeRed.runtime.init(settings);
  nodeRed.util.events.on('flows:started', onDeployed);
  const giveUp = new AbortController();
  try {
    await Promise.all([nodeRed.runtime.start(), flowsStarted(nodeRed, giveUp.signal)]);
  } finally {
    giveUp.abort();
  }
}

/** Resolves when the flows have started, which is after Node-RED itself has. */
function flowsStarted({ util: { events } }: NodeRed, giveUp: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new CampusError('internal', `Node-RED did not start the flows: ${why}`));
    const onEvent = (event: unknown): void => {
      if (notStarted.Check(event)) fail(event.payload.error);
    };
    const timer = setTimeout(() => fail(`they took longer than ${START_MS} ms`), START_MS);
    const onStarted = (): void => resolve();
    events.on('flows:started', onStarted);
    events.on('runtime-event', onEvent);
    giveUp.addEventListener('abort', () => {
      clearTimeout(timer);
      events.off('flows:started', onStarted);
      events.off('runtime-event', onEvent);
    });
  });
}
