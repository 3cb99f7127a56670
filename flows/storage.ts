import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { writePrivateFile } from '../runtime/home.ts';
import type { Logger } from '../runtime/log.ts';
import { type FlowsFiles, readTextIfThere } from './files.ts';
import { type FlowEntry, isProductEntry, parseFlowFile } from './flow-file.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { missingTypes, registerPlaceholder, withoutOrphans } from './missing-types.ts';
import type { NodeRedRuntime } from './node-red.ts';

const JsonObject = Type.Record(Type.String(), Type.Unknown());
type JsonObject = Static<typeof JsonObject>;
const jsonObject = Compile(JsonObject);

/**
 * Node-RED's storage (https://nodered.org/docs/api/storage/methods), as much as it uses here. Its flows are the product's
 * and the administrator's together; only the administrator's are ever saved, so that an upgrade brings new product flows and touches
 * nothing else.
 */
export interface StorageModule {
  init(settings: unknown, runtime: NodeRedRuntime): Promise<void>;
  getFlows(): Promise<FlowEntry[]>;
  saveFlows(entries: FlowEntry[]): Promise<void>;
  getCredentials(): Promise<JsonObject>;
  saveCredentials(secrets: JsonObject): Promise<void>;
  getSettings(): Promise<JsonObject>;
  saveSettings(settings: JsonObject): Promise<void>;
  /** The library of the editor's import and export: there is none, flows are kept in tabs. */
  getLibraryEntry(): Promise<never[]>;
  saveLibraryEntry(): Promise<never>;
  /** Whether Node-RED can make nodes of a type; false before it has started. */
  knows(type: string): boolean;
}

export interface StorageOptions {
  files: FlowsFiles;
  /** The flows that ship with the product. */
  shipped: readonly FlowEntry[];
  log: Logger;
}

/** The storage of one home. Files are written whole or not at all, for their owner only. */
export function createStorage({ files, shipped, log }: StorageOptions): StorageModule {
  let runtime: NodeRedRuntime | undefined;
  return {
    async init(_settings, nodeRed) {
      runtime = nodeRed;
    },
    async getFlows() {
      const entries = withoutOrphans([...shipped, ...ownFlows(files, log)]);
      if (runtime !== undefined) fillInTypes(runtime, entries, log);
      return entries;
    },
    async saveFlows(entries) {
      const before = readTextIfThere(files.flows);
      if (before !== undefined) writePrivateFile(files.flowsBackup, before);
      writeJsonFile(
        files.flows,
        entries.filter((entry) => !isProductEntry(entry)),
      );
    },
    getCredentials: async () => readJsonFile(files.nodeSecrets, jsonObject, log) ?? {},
    saveCredentials: async (secrets) => writeJsonFile(files.nodeSecrets, secrets),
    getSettings: async () => readJsonFile(files.runtimeSettings, jsonObject, log) ?? {},
    saveSettings: async (settings) => writeJsonFile(files.runtimeSettings, settings),
    getLibraryEntry: async () => [],
    saveLibraryEntry: async () => {
      throw new Error('there is no library here: keep flows on tabs, or export them to a file');
    },
    knows: (type) => Boolean(runtime?.nodes.getType(type)),
  };
}

function fillInTypes(runtime: NodeRedRuntime, entries: readonly FlowEntry[], log: Logger): void {
  const types = missingTypes(entries, (type) => Boolean(runtime.nodes.getType(type)));
  if (types.length === 0) return;
  for (const type of types) registerPlaceholder(runtime, type);
  log.warn({ types }, 'the flows use node types that are not there: their nodes do nothing, all others run');
}

/** The administrator's own entries. A file that does not read is left as it is: the product's flows run without it. */
function ownFlows(files: FlowsFiles, log: Logger): FlowEntry[] {
  const entries = readOwnFlows(files);
  if (entries !== undefined) return entries;
  log.error(
    { code: 'config_invalid', file: files.flows },
    `${files.flows} is no flow file: your own flows do not run until it is mended; the version before the last save is ${files.flowsBackup}`,
  );
  return [];
}

/** The administrator's own entries; undefined when their file does not read. */
export function readOwnFlows(files: FlowsFiles): FlowEntry[] | undefined {
  const text = readTextIfThere(files.flows);
  if (text === undefined) return [];
  return parseFlowFile(text)?.filter((entry) => !isProductEntry(entry));
}
