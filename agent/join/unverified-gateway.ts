import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { CampusError } from '../../contract/errors.ts';
import { UnverifiedGateway } from '../../contract/join.ts';
import { type Home, writePrivateFile } from '../../runtime/home.ts';

const validator = Compile(UnverifiedGateway);

/** What Node.js says where nothing is wrong but the time (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const timeFaults: readonly unknown[] = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];

function noteFile(home: Home): string {
  return join(home.agentDir, 'unverified-gateway.json');
}

/** Whether a failure to join means that what answered is not the gateway, as it does when somebody sits in between. */
export function isUnverified(error: unknown): boolean {
  if (!(error instanceof CampusError) || error.code !== 'gateway_not_verified') return false;
  const { cause } = error;
  return !(cause instanceof Error && 'code' in cause && timeFaults.includes(cause.code));
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
