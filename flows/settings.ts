import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EDITOR_BODY_BYTES } from '../runtime/editor-proxy.ts';
import type { Logger } from '../runtime/log.ts';
import type { EditorConfig } from './config.ts';
import { coreNodesFor } from './core-nodes.ts';
import type { FlowsFiles } from './files.ts';
import type { FlowsProcess } from './flows-process.ts';
import { writeJsonFile } from './json-file.ts';
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
  editor: EditorConfig;
  process: FlowsProcess;
  log: Logger;
}

/**
 * Node-RED's settings: nothing listens for flows, nothing is fetched or installed from elsewhere unless the configuration says so, nothing is
 * reported to anybody. A node's secrets are encrypted with a key made at the first start.
 */
export function nodeRedSettings(options: SettingsOptions): NodeRedSettings {
  const { files, storage, coreNodesDir, editor, process, log } = options;
  const installs = editor.enabled && editor.palette_installs;
  return {
    storageModule: storage,
    coreNodesDir,
    nodesDir: [nodesDir],
    ...nodesToLoad(options),
    // Node-RED looks for packages there even where none may be installed; else it would in the working directory.
    userDir: packagesDir(files),
    tlsConfigDisableLocalFiles: true,
    campusEdge: process,
    credentialSecret: nodeSecretsKey(files),
    ...(editor.enabled ? editorSettings() : { disableEditor: true, httpAdminRoot: false }),
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    diagnostics: { enabled: false, ui: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: installs, allowUpdate: installs, allowUpload: false },
      modules: { allowInstall: false },
    },
    functionExternalModules: false,
    functionTimeout: FUNCTION_TIMEOUT_SECONDS,
    logging: { campus: { level: 'trace', metrics: false, audit: false, handler: () => logHandler(log) } },
  };
}

/** What Node-RED loads: nothing else, wherever it would find it, unless packages may be installed. */
function nodesToLoad({ coreNodesDir, usedTypes, editor }: SettingsOptions): Record<string, unknown> {
  const permissions = { functions: editor.function_nodes, exec: editor.exec_nodes };
  const wanted = coreNodesFor(editor.enabled ? 'all' : usedTypes, permissions);
  if (!editor.enabled || !editor.palette_installs) return { nodesIncludes: [...wanted, basename(nodesDir)] };
  const core = readdirSync(coreNodesDir, { recursive: true, withFileTypes: true }).map(({ name }) => name);
  return { nodesExcludes: core.filter((name) => name.endsWith('.js') && !wanted.includes(name)) };
}

/** The editor without what would leave this machine (tours, update checks, projects) or what the console has already (users). */
function editorSettings(): Record<string, unknown> {
  return {
    disableEditor: false,
    httpAdminRoot: '/',
    apiMaxLength: EDITOR_BODY_BYTES,
    editorTheme: {
      page: { title: 'campus-edge' },
      header: { title: 'campus-edge', url: '/' },
      tours: false,
      userMenu: false,
      projects: { enabled: false },
      multiplayer: { enabled: false },
    },
  };
}

/** The directory of installed packages, made where it is missing: Node-RED expects a package.json in it. */
function packagesDir({ packagesDir: dir }: FlowsFiles): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'package.json');
  if (!existsSync(file)) writeJsonFile(file, { name: 'campus-edge-flows', private: true, dependencies: {} });
  return dir;
}
