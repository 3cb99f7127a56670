import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listenOnFreePort } from '../../support/listen.ts';
import { root } from '../../tidy/sources.ts';

/** A registry that answers the one question of an audit, and has no packages. */
async function registry(advisories: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/-/npm/v1/security/advisories/bulk') advisories(request, response);
    else response.writeHead(404).end('{}');
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${await listenOnFreePort(server)}/`;
}

/** `npm run audit` against a registry. */
function audit(url: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, 'test/supply-chain/run-audit.ts')], {
    env: { ...process.env, npm_config_registry: url, npm_config_fetch_retries: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += String(chunk);
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const fault = {
  id: 1098392,
  url: 'https://github.com/advisories/GHSA-3h5v-q93c-6h6q',
  title: 'a fault for this test',
  severity: 'high',
  vulnerable_versions: '>=1.0.0',
};

it('npm run audit fails for a grave fault of what is delivered, and not for one of a tool', async () => {
  const answer = (faulty: object) => registry((_request, response) => response.end(JSON.stringify(faulty)));
  const [bad, good] = await Promise.all([
    audit(await answer({ vue: [fault] })),
    audit(await answer({ vitest: [fault], fastify: [{ ...fault, severity: 'moderate' }] })),
  ]);
  expect(bad).toMatchObject({ code: 1, output: expect.stringContaining('high vue GHSA-3h5v-q93c-6h6q: a fault for') });
  expect(good).toMatchObject({ code: 0, output: expect.stringContaining('0 high or critical without a reason') });
});

it('npm run audit says so when the registry does not answer', async () => {
  const refusing = await registry((_request, response) => response.writeHead(405).end());
  for (const { code, output } of await Promise.all([refusing, 'http://127.0.0.1:1/'].map(audit))) {
    expect(output).toContain('The registry does not tell known faults');
    expect(code).toBe(3);
  }
});
