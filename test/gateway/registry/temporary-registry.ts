import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openRegistry, type Registry } from '../../../gateway/registry/registry.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A clock that a test moves by hand. */
export class Clock {
  time: number;

  constructor(time = 1_764_000_000_000) {
    this.time = time;
  }

  readonly now = (): number => this.time;

  /** Moves on by `ms`. */
  pass(ms: number): void {
    this.time += ms;
  }
}

/** A real registry in a directory of its own. */
export function temporaryRegistry(clock = new Clock()): { registry: Registry; path: string; clock: Clock } {
  const path = join(temporaryDirectory(), 'registry.sqlite');
  const registry = openRegistry(path, clock);
  onTestFinished(() => {
    if (registry.db.isOpen) registry.close();
  });
  return { registry, path, clock };
}

/** Closes a registry and opens its file again, as a restart of the gateway does. */
export function reopen(registry: Registry, path: string, clock: Clock): Registry {
  registry.close();
  const again = openRegistry(path, clock);
  onTestFinished(() => {
    if (again.db.isOpen) again.close();
  });
  return again;
}
