import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { writePrivateFile } from '../runtime/home.ts';
import { type FlowsFiles, readTextIfThere } from './files.ts';
import { writeJsonFile } from './json-file.ts';

/**
 * The key that Node-RED encrypts the secrets of the administrator's nodes with, made at the first start.
 * The file of secrets is made with it, empty: Node-RED warns at each start while there is none.
 */
export function nodeSecretsKey(files: FlowsFiles): string {
  const known = readTextIfThere(files.nodeSecretsKey)?.trim();
  if (known) return known;
  const key = randomBytes(32).toString('hex');
  writePrivateFile(files.nodeSecretsKey, `${key}\n`);
  writeJsonFile(files.nodeSecrets, encryptNodeSecrets(key, {}, randomBytes(16)));
  return key;
}

/**
 * Encrypts secrets as Node-RED does (`@node-red/runtime/lib/nodes/credentials.js`): AES-256-CTR under the key's SHA-256,
 * the initial vector in hex before the ciphertext in base64.
 */
export function encryptNodeSecrets(key: string, secrets: object, initialVector: Uint8Array): { $: string } {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(key).digest(), initialVector);
  const text = cipher.update(JSON.stringify(secrets), 'utf8', 'base64') + cipher.final('base64');
  return { $: Buffer.from(initialVector).toString('hex') + text };
}
