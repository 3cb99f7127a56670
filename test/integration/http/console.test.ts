import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { problemIn, startHttpGateway } from './http-gateway.ts';

const html = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

function builtConsole(): string {
  const dir = join(temporaryDirectory(), 'console');
  mkdirSync(join(dir, 'assets'), { recursive: true });
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>the console</title>');
  writeFileSync(join(dir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(dir, 'assets', 'index-abc123.js'), 'export {};');
  writeFileSync(join(dir, '.hidden'), 'hidden');
  writeFileSync(join(dir, '..', 'outside.txt'), 'outside');
  return dir;
}

/** A GET that is sent as it stands: fetch would tidy the path up, and ask past every cache once it sees a condition. */
function plainGet(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const request = httpRequest({ hostname, port, path, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    });
    request.on('error', reject).end();
  });
}

test('the console is served, its hashed files for ever and its page never from a cache', async () => {
  const { request, url } = await startHttpGateway({ consoleDir: builtConsole() });
  const page = await request('GET', '/', html);
  expect(await page.text()).toContain('the console');
  expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control')]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-cache',
  ]);
  const asset = await request('GET', '/assets/index-abc123.js');
  expect([asset.status, asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual([
    200,
    expect.stringContaining('javascript'),
    'public, max-age=31536000, immutable',
  ]);
  const etag = asset.headers.get('etag') ?? '';
  expect(await plainGet(url, '/assets/index-abc123.js', { 'if-none-match': etag })).toEqual({ status: 304, body: '' });
  expect((await request('GET', '/favicon.svg')).headers.get('content-type')).toContain('image/svg+xml');
});

test('every address of the console is its one page, for people only', async () => {
  const { request } = await startHttpGateway({ consoleDir: builtConsole() });
  for (const path of ['/devices/room-1', '/alerts', '/login?next=/devices']) {
    const page = await request('GET', path, html);
    expect([page.status, await page.text()], path).toEqual([200, expect.stringContaining('the console')]);
  }
  expect((await problemIn(await request('GET', '/devices/room-1'))).code).toBe('not_found');
  expect((await problemIn(await request('GET', '/assets/index-old.js'))).code).toBe('not_found');
  expect((await problemIn(await request('GET', '/api/v1/nope', html))).code).toBe('not_found');
  expect((await problemIn(await request('POST', '/devices', html))).code).toBe('not_found');
});

test('no file outside of the console and no hidden one is served', async () => {
  const { url } = await startHttpGateway({ consoleDir: builtConsole() });
  for (const path of [
    '/../outside.txt',
    '/..%2foutside.txt',
    '/assets/../../outside.txt',
    '/%2e%2e/outside.txt',
    '/.hidden',
    '//etc/passwd',
  ]) {
    const { status, body } = await plainGet(url, path);
    expect([status >= 400 && status < 500, /outside|hidden|root:/.test(body.replaceAll(path, ''))], path).toEqual([
      true,
      false,
    ]);
  }
});

test('a console that is not built yet says how to build it, and appears when it is', async () => {
  const consoleDir = join(temporaryDirectory(), 'dist');
  const { request } = await startHttpGateway({ consoleDir });
  const hint = await request('GET', '/', html);
  expect([hint.status, await hint.text()]).toEqual([200, expect.stringContaining('npm run build:console')]);
  mkdirSync(consoleDir);
  writeFileSync(join(consoleDir, 'index.html'), '<title>built</title>');
  expect(await (await request('GET', '/', html)).text()).toBe('<title>built</title>');
});
