import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { flowsFiles } from '../../flows/files.ts';
import { encryptNodeSecrets, nodeSecretsKey } from '../../flows/node-secrets.ts';
import { openHome } from '../../runtime/home.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('makes a key once, that only its owner may read', () => {
  const files = flowsFiles(openHome(temporaryDirectory()));
  const key = nodeSecretsKey(files);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(nodeSecretsKey(files)).toBe(key);
  for (const path of [files.nodeSecretsKey, files.nodeSecrets]) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(files.nodeSecrets, 'utf8')).not.toContain(key);
});

it('encrypts as Node-RED decrypts', async () => {
  const load = createRequire(createRequire(import.meta.url).resolve('node-red'));
  const credentials = load('@node-red/runtime/lib/nodes/credentials');
  const settings = { get: (name: string) => (name === 'credentialSecret' ? 'key' : undefined) };
  const said: string[] = [];
  const log = { debug: () => {}, warn: (text: string) => said.push(text), _: (text: string) => text };
  credentials.init({ log, settings, storage: {} });
  await credentials.load(encryptNodeSecrets('key', { a1: { token: '秘密' } }, Buffer.alloc(16, 7)));
  expect(credentials.get('a1')).toEqual({ token: '秘密' });
  expect(said).toEqual([]);
});
