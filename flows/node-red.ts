import type { RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { FlowsProcess } from './flows-process.ts';
import type { StorageModule } from './storage.ts';

/** A message on a wire, as Node-RED hands it on: anything may have been done to it in between. */
export type FlowMessage = Record<string, unknown>;

export interface NodeStatus {
  fill?: 'red' | 'green' | 'yellow' | 'blue' | 'grey';
  shape?: 'dot' | 'ring';
  text?: string;
}

/** A node of a flow: the part of Node-RED's Node that the product uses (https://nodered.org/docs/creating-nodes/node-js). */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  /** The nodes behind each output; a deploy may change them. */
  readonly wires: readonly (readonly string[])[];
  send(message: FlowMessage | FlowMessage[][]): void;
  status(status: NodeStatus): void;
  on(
    event: 'input',
    listener: (message: FlowMessage, send: (message: FlowMessage) => void, done: (error?: Error) => void) => void,
  ): void;
  on(event: 'close', listener: () => void): void;
  error(error: string): void;
}

/** How a node lies in a flow file. */
export interface NodeDefinition {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Makes nodes of one type. */
export type NodeConstructor = (this: FlowNode, definition: NodeDefinition) => void;

/** The part of Node-RED's `RED` that the product's nodes use, with what `settings.ts` puts into it. */
export interface NodeRedApi {
  readonly nodes: {
    createNode(node: FlowNode, definition: NodeDefinition): void;
    registerType(type: string, construct: NodeConstructor): void;
  };
  readonly settings: { readonly campusEdge: FlowsProcess };
}

/** Node-RED's settings (https://nodered.org/docs/user-guide/runtime/configuration). */
export type NodeRedSettings = Record<string, unknown> & { storageModule: StorageModule; campusEdge: FlowsProcess };

interface Events {
  on(event: string, listener: (detail: unknown) => void): void;
  off(event: string, listener: (detail: unknown) => void): void;
}

/** What Node-RED tells its storage module of itself. */
export interface NodeRedRuntime {
  readonly nodes: {
    getType(type: string): unknown;
    createNode(node: FlowNode, definition: NodeDefinition): void;
    registerType(nodeSet: string, type: string, construct: NodeConstructor): void;
  };
}

/** The part of the runtime's API that the editor deploys by. */
export interface FlowsApi {
  setFlows(options: { flows?: unknown; deploymentType?: string }): Promise<unknown>;
}

/** An Express application. */
export type HttpApp = RequestListener & { use(app: HttpApp): void };

interface Runtime {
  init(settings: NodeRedSettings, server?: Server, editor?: NodeRedEditor): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly storage: unknown;
  readonly flows: FlowsApi;
  readonly httpAdmin: HttpApp;
}

/** Node-RED's editor and the HTTP API that it uses. */
export interface NodeRedEditor {
  init(settings: NodeRedSettings, server: Server, storage: unknown, runtime: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: HttpApp;
}

/** Node-RED. */
export interface NodeRed {
  readonly util: { init(settings: NodeRedSettings): void; readonly events: Events };
  readonly runtime: Runtime;
  /** Where there is to be an editor. */
  readonly editor?: NodeRedEditor;
  /** Directory of the nodes that come with Node-RED. */
  readonly coreNodesDir: string;
}

/**
 * Loads Node-RED by way of the `node-red` package. The package's own entry would load the editor in any case, and make every look-up of a
 * name in this process prefer IPv4 (`dns.setDefaultResultOrder`).
 */
export function loadNodeRed({ withEditor }: { withEditor: boolean }): NodeRed {
  const load = createRequire(createRequire(import.meta.url).resolve('node-red'));
  return {
    util: load('@node-red/util'),
    runtime: load('@node-red/runtime'),
    ...(withEditor ? { editor: load('@node-red/editor-api') } : {}),
    coreNodesDir: dirname(load.resolve('@node-red/nodes')),
  };
}
