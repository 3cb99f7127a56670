import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { problemOf, sendProblem } from '../problem.ts';

/** Files below this directory carry their content's hash in their name. */
const HASHED_DIR = '/assets/';

const NOT_BUILT = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<title>campus-edge</title>
<h1>控制台尚未构建 · The console is not built yet</h1>
<p>网关运行正常。请在代码目录中执行以下命令，然后刷新本页：</p>
<p>The gateway runs. In the checkout, run this and load the page again:</p>
<pre>npm run build:console</pre>
<p><a href="/api/docs">API</a></p>
</html>
`;

/** The console's files at `/`, its one page for every address of its own, and the 404 of everything else. */
export async function addConsole(app: Api, { consoleDir }: Pick<HttpDeps, 'consoleDir'>): Promise<void> {
  await app.register(async (files) => {
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, role: 'public' };
    });
    await files.register(fastifyStatic, {
      root: consoleDir,
      dotfiles: 'ignore',
      // The console may be built while the gateway runs.
      suppressWarning: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.startsWith(join(consoleDir, HASHED_DIR));
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  });

  app.setNotFoundHandler(async (request, reply) => {
    if (!wantsPage(request)) return sendProblem(reply, problemOf('not_found', 'there is nothing at this address'));
    const index = join(consoleDir, 'index.html');
    const page = existsSync(index) ? await readFile(index, 'utf8') : NOT_BUILT;
    return reply.code(200).type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
  });
}

/** True for a person who opens an address in a browser; the console itself then finds out what to show. */
function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  return (
    (method === 'GET' || method === 'HEAD') && !url.startsWith('/api/') && (headers.accept ?? '').includes('text/html')
  );
}
