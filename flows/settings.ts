import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../runtime/log.ts';
import { coreNodesFor } from './core-nodes.ts';
import type { FlowsFiles } from './files.ts';
import type { FlowsProcess } from './flows-process.ts';
import { logHandler } from './log-bridge.ts';
import type { NodeRedSettings } from './node-red.ts';
import { nodeSecretsKey } from './node-secrets.ts';
import type { StorageModule } from './storage.ts';

/** A function node that the editor makes may run so long, s: everything else waits for it. */
const FUNCTION_TIMEOUT_SECONDS = 5;

/** Where the product's nodes lie. */
const nodesDir = fileURLToPath(new URL('./nodes', import.meta.url));

export interface SettingsOptions {
  files: FlowsFiles;
  storage: StorageModule;
  coreNodesDir: string;
  /** Node types that stand in the flows. */
  usedTypes: ReadonlySet<string>;
  process: FlowsProcess;
  log: Logger;
}

/**
 * Node-RED's settings: no HTTP listener, no editor, nothing fetched or installed from elsewhere, nothing reported to anybody.
 * A node's secrets are encrypted with a key made at the first start.
 */
export function nodeRedSettings(options: SettingsOptions): NodeRedSettings {
  const { files, storage, coreNodesDir, usedTypes, process, log } = options;
  return {
    storageModule: storage,
    coreNodesDir,
    nodesDir: [nodesDir],
    // Nothing else is loaded, wherever Node-RED would find it.
    nodesIncludes: [...coreNodesFor(usedTypes), basename(nodesDir)],
    campusEdge: process,
    credentialSecret: nodeSecretsKey(files),
    disableEditor: true,
    httpAdminRoot: false,
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpdate: false, allowUpload: false },
      modules: { allowInstall: false },
    },
    functionExternalModules: false,
    functionTimeout: FUNCTION_TIMEOUT_SECONDS,
    logging: { campus: { level: 'trace', metrics: false, audit: false, handler: () => logHandler(log) } },
  };
}
