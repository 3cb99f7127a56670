import { awaitCredentials } from '../runtime/await-credentials.ts';
import { useBufferPool } from '../runtime/buffer-pool.ts';
import { type Home, type ProcessCredentials, readCredentials } from '../runtime/home.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { checkPorts, portFromEnv } from '../runtime/ports.ts';
import { noteRunning } from '../runtime/running.ts';
import { closeAll, shutdownRequested } from '../runtime/shutdown.ts';
import { type FlowsConfig, readFlowsConfig } from './config.ts';
import { shippedFlows } from './default-flows.ts';
import { EditorServer } from './editor/editor-server.ts';
import { readEditorSecret } from './editor/secret.ts';
import { flowsFiles } from './files.ts';
import { GatewayLink } from './link/gateway-link.ts';
import { loadNodeRed } from './node-red.ts';
import { RuleInputs } from './nodes/rule-inputs.ts';
import { openMemories } from './rule-memory.ts';
import { runNodeRed } from './run-node-red.ts';
import { nodeRedSettings } from './settings.ts';
import { createStorage, readOwnFlows } from './storage.ts';

type Closer = () => Promise<void> | void;

export interface FlowsOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  log?: Logger;
}

/**
 * Runs the flows process: Node-RED with the product's rules and the administrator's own flows. Resolves after SIGTERM.
 * @throws CampusError `config_invalid`, `port_invalid`, `credentials_absent`, `internal`
 */
export async function runFlows({ home, env, log: given }: FlowsOptions): Promise<void> {
  useBufferPool('flows');
  const config = readFlowsConfig(home.configFile);
  checkPorts(env);
  const url = config.flows.gateway ?? `mqtt://127.0.0.1:${portFromEnv('CAMPUS_MQTT_PORT', env)}`;
  const log = given ?? createLog('flows', config.log.level);
  const stopping = new AbortController();
  const stop = shutdownRequested().then((cause) => {
    stopping.abort();
    log.info({ cause }, 'stopping');
  });
  const credentials = await awaitCredentials({ home, process: 'flows' }, stopping.signal);
  if (credentials === undefined) return;

  const closers: Closer[] = [noteRunning(home.flowsDir)];
  try {
    const editorPort = portFromEnv('CAMPUS_FLOWS_PORT', env);
    const link = await startFlows({ home, config, url, credentials, editorPort, log, closers });
    await Promise.race([link.open(), stop]);
    if (!stopping.signal.aborted) {
      log.info({ rss_mb: Math.round(process.memoryUsage.rss() / 1e6) }, 'flows are ready');
      process.send?.({ ready: true });
    }
    await stop;
  } finally {
    await closeAll(log, closers);
  }
}

interface StartOptions {
  home: Home;
  config: FlowsConfig;
  url: string;
  credentials: ProcessCredentials;
  editorPort: number;
  log: Logger;
  /** Gets what closes each thing that was opened. */
  closers: Closer[];
}

/** Starts Node-RED and the flows in it; their link to the gateway is yet to be opened. */
async function startFlows(options: StartOptions): Promise<GatewayLink> {
  const { home, config, url, credentials, editorPort, log, closers } = options;
  const clock = () => ({ wall: Date.now(), steady: performance.now() });
  const link = new GatewayLink({
    url,
    site: credentials.site,
    credentials: () => readCredentials(home, 'flows') ?? credentials,
    log,
    clock,
    random: Math.random,
  });
  const files = flowsFiles(home);
  const memories = openMemories(files, log);
  const { editor } = config.flows;
  const nodeRed = loadNodeRed({ withEditor: editor.enabled });
  const storage = createStorage({ files, shipped: shippedFlows, log });
  const settings = nodeRedSettings({
    files,
    storage,
    editor,
    coreNodesDir: nodeRed.coreNodesDir,
    usedTypes: new Set([...shippedFlows, ...(readOwnFlows(files) ?? [])].map(({ type }) => type)),
    process: { link, overrides: config.flows.rules, memories, ruleInputs: new RuleInputs(), clock },
    log,
  });
  // The last is closed first: no node may ask for anything when the link says goodbye.
  closers.push(
    () => link.close(),
    () => memories.close(),
    () => nodeRed.runtime.stop(),
    () => nodeRed.editor?.stop(),
  );
  const server = editor.enabled ? new EditorServer(() => readEditorSecret(home)) : undefined;
  if (server !== undefined) closers.push(() => server.close());
  await server?.listen(editorPort);
  await runNodeRed(nodeRed, {
    settings,
    onDeployed: () => link.bulletin.greet(),
    ...(server === undefined ? {} : { editor: { server, rules: { shipped: shippedFlows, knows: storage.knows } } }),
  });
  return link;
}
