import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../contract/errors.ts';
import { type DeployRules, guardDeploys } from './editor/deploy.ts';
import type { EditorServer } from './editor/editor-server.ts';
import type { NodeRed, NodeRedSettings } from './node-red.ts';

/** How long the flows may take to start, ms; on a small box with a slow card they need some seconds. */
const START_MS = 60_000;

/** What Node-RED reports when it does not start the flows. */
const NotStarted = Type.Object({ payload: Type.Object({ state: Type.Literal('stop'), error: Type.String() }) });
const notStarted = Compile(NotStarted);

export interface RunNodeRedOptions {
  settings: NodeRedSettings;
  /** Called each time flows have started, the first time included. */
  onDeployed: () => void;
  /** How the editor is reached, where Node-RED was loaded with it. */
  editor?: { server: EditorServer; rules: DeployRules };
}

/**
 * Starts Node-RED and its flows; resolves when they run.
 * @throws CampusError `internal` when Node-RED starts but not its flows
 */
export async function runNodeRed(nodeRed: NodeRed, { settings, onDeployed, editor }: RunNodeRedOptions): Promise<void> {
  nodeRed.util.init(settings);
  if (nodeRed.editor !== undefined && editor !== undefined) {
    const { runtime } = nodeRed;
    runtime.init(settings, editor.server.behind, nodeRed.editor);
    nodeRed.editor.init(settings, editor.server.behind, runtime.storage, guardDeploys(runtime, editor.rules));
    nodeRed.editor.httpAdmin.use(runtime.httpAdmin);
    editor.server.serve(nodeRed.editor.httpAdmin);
  } else {
    nodeRed.runtime.init(settings);
  }
  nodeRed.util.events.on('flows:started', onDeployed);
  const giveUp = new AbortController();
  try {
    await Promise.all([nodeRed.runtime.start(), flowsStarted(nodeRed, giveUp.signal)]);
    await nodeRed.editor?.start();
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
