import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from '#typebox/compile';
import { UnverifiedGateway } from '../contract/join.ts';
import { type Home, writePrivateFile } from './home.ts';

const validator = Compile(UnverifiedGateway);

function noteFile(home: Home): string {
  return join(home.agentDir, 'unverified-gateway.json');
}

/** Remembers an attempt to join that met somebody else: the gateway cannot see it, and is told when the machine joins in the end. */
export function noteUnverified(home: Home, { base, now }: { base: string; now: number }): void {
  const { count = 0 } = readUnverified(home) ?? {};
  const note: UnverifiedGateway = { at: now, url: base.slice(0, 256), count: Math.min(count + 1, 1000) };
  writePrivateFile(noteFile(home), `${JSON.stringify(note)}\n`);
}

/** What is remembered; undefined where nothing is. */
export function readUnverified(home: Home): UnverifiedGateway | undefined {
  const path = noteFile(home);
  if (!existsSync(path)) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return validator.Check(value) ? value : undefined;
  } catch (error) {
    // A note that a power cut has damaged must keep nobody from joining.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The gateway knows. */
export function forgetUnverified(home: Home): void {
  rmSync(noteFile(home), { force: true });
}
