import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../runtime/home.ts';
import type { Memories } from './rules/memory.ts';

/** Where this process keeps its own files. Nobody else knows their names. */
export interface FlowsFiles {
  /** The administrator's own flows, and what they were before the last save. */
  readonly flows: string;
  readonly flowsBackup: string;
  /** Secrets of the administrator's nodes, encrypted with the key beside it. */
  readonly nodeSecrets: string;
  readonly nodeSecretsKey: string;
  /** What Node-RED itself remembers. */
  readonly runtimeSettings: string;
  /** What the rules remember, by kind. */
  readonly memories: Readonly<Record<keyof Memories, string>>;
  /** Where packages are installed, where that is allowed. */
  readonly packagesDir: string;
}

export function flowsFiles({ flowsDir: dir }: Home): FlowsFiles {
  return {
    flows: join(dir, 'flows.json'),
    flowsBackup: join(dir, 'flows.backup.json'),
    nodeSecrets: join(dir, 'node-secrets.json'),
    nodeSecretsKey: join(dir, 'node-secrets.key'),
    runtimeSettings: join(dir, 'node-red.json'),
    memories: {
      armedLevels: join(dir, 'armed-levels.json'),
      absences: join(dir, 'absences.json'),
      states: join(dir, 'normal-states.json'),
      changes: join(dir, 'state-changes.json'),
      seasons: join(dir, 'seasons.json'),
      trends: join(dir, 'trends.json'),
    },
    packagesDir: join(dir, 'packages'),
  };
}

/** The text of a file, or undefined when there is none. */
export function readTextIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
