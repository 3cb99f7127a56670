import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { Id } from '../contract/ids.ts';
import { type Home, writePrivateFile } from './home.ts';

/** A request to join that waits for its approval: whoever runs `campus-edge enroll` again goes on with it. */
const PendingJoinShape = Type.Object({
  /** https://host:port of the gateway. */
  gateway: Type.String({ pattern: '^https://' }),
  /** SHA-256 of the site's certificate authority, base64url. */
  fingerprint: Type.String(),
  /** What the machine wishes to be called. */
  device: Id,
  /** By what the gateway knows that it is the same machine that asks. */
  secret: Type.String(),
  /** PKCS #10 and its key, PEM. */
  request: Type.String(),
  key: Type.String(),
});
export type PendingJoin = Static<typeof PendingJoinShape>;
const validator = Compile(PendingJoinShape);

export function pendingJoinFile(home: Home): string {
  return join(home.agentDir, 'join-request.json');
}

/** The request that waits; undefined where there is none, or a file that says something else: then another takes its place. */
export function readPendingJoin(home: Home): PendingJoin | undefined {
  const path = pendingJoinFile(home);
  if (!existsSync(path)) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return validator.Check(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Keeps a request, mode 0600, whole or not at all. */
export function writePendingJoin(home: Home, pending: PendingJoin): void {
  writePrivateFile(pendingJoinFile(home), `${JSON.stringify(pending, null, 2)}\n`);
}

/** Forgets the request: it has been decided. */
export function removePendingJoin(home: Home): void {
  rmSync(pendingJoinFile(home), { force: true });
}
