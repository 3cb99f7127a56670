import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  credentialsFile,
  editorSecretFile,
  type Home,
  makeDirectory,
  ownCredentialsFile,
  type ProcessCredentials,
  readCredentialsFile,
  writePrivateFile,
} from '../runtime/home.ts';

/** 256 random bits: 43 characters of base64url. */
const SECRET_BYTES = 32;

/** What the gateway has handed to one of the other processes, also where an older version put it; undefined when there is nothing whole. */
export function handedOver(home: Home, process: 'agent' | 'flows'): ProcessCredentials | undefined {
  return readCredentialsFile(credentialsFile(home, process)) ?? readOld(home, process);
}

/** Hands credentials to one of the other processes. The file by which an older version handed the same account over goes: one secret, one file. */
export function handOver(home: Home, process: 'agent' | 'flows', credentials: ProcessCredentials): void {
  const path = credentialsFile(home, process);
  makeDirectory(dirname(path));
  writePrivateFile(path, `${JSON.stringify(credentials, null, 2)}\n`);
  if (readOld(home, process)?.username === credentials.username) rmSync(ownCredentialsFile(home, process));
}

/** True when what was handed over lies where an older version put it. */
export function isHandedOverOld(home: Home, process: 'agent' | 'flows'): boolean {
  return readCredentialsFile(credentialsFile(home, process)) === undefined && readOld(home, process) !== undefined;
}

/** The secret by which the flows' editor knows the gateway, made at the first start. */
export function editorSecret(home: Home): string {
  const path = editorSecretFile(home);
  const known = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  if (known !== '') return known;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  makeDirectory(dirname(path));
  writePrivateFile(path, `${secret}\n`);
  return secret;
}

/** In a home whose parts belong to users of their own the gateway does not see the others' directories, and an older version's files neither. */
function readOld(home: Home, process: 'agent' | 'flows'): ProcessCredentials | undefined {
  return readable(() => readCredentialsFile(ownCredentialsFile(home, process)));
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}
