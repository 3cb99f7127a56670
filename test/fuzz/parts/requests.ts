import { Agent, request as send } from 'node:http';
import { attack, closed, lanes } from '../attacker.ts';
import { pick } from '../generators/bytes.ts';
import { type ApiRoute, brokenHttp, type FuzzedRequest, request, routesOf } from '../generators/requests.ts';
import type { Part, PartRun } from '../part.ts';

const LANES = 24;
/** Share of what is sent that is no HTTP at all. */
const BROKEN_SHARE = 0.01;
/** What a gateway may answer to nonsense: everything but that it has failed. 503 is said of a store that is asked for too much. */
const isFailure = (status: number): boolean => status >= 500 && status !== 503;
/** What no answer may hold: the inside of the gateway. */
const inside = /node_modules|\.ts:\d|at (async )?\w+ \(|SQLITE_|scrypt\$|hmac-sha256\$/;

/** Requests on every route of the OpenAPI document, by people of every role and by nobody. */
export const requests: Part = {
  name: 'requests',
  title: 'mutated requests on every route, by every role and by nobody: none fails inside, none tells of the inside',
  run: async (run) => {
    const total = run.effort.requests;
    const document = await fetch(`http://127.0.0.1:${run.target.gateway.httpPort}/api/docs/json`);
    const routes = routesOf(await document.json());
    const agent = new Agent({ keepAlive: true, maxSockets: LANES });
    const seen: Seen = { requests: 0, statuses: {}, routes: new Set(), failures: [] };
    await lanes(LANES, async () => {
      while (seen.requests < total) {
        seen.requests += 1;
        if (run.random() < BROKEN_SHARE) await noHttp(run);
        else await oneRequest(run, { agent, route: pick(run.random, routes), seen });
        if (seen.requests % 200 === 0) run.progress(seen.requests, total);
      }
    });
    agent.destroy();
    const missed = routes.length - seen.routes.size;
    const failures = missed > 0 && total > 20 * routes.length ? [`${missed} routes were not asked`] : [];
    return {
      figures: { requests: seen.requests, routes: seen.routes.size, ...seen.statuses },
      failures: [...failures, ...seen.failures.slice(0, 5)],
    };
  },
};

interface Seen {
  requests: number;
  statuses: Record<string, number>;
  routes: Set<string>;
  failures: string[];
}

async function oneRequest(
  { target, random }: PartRun,
  { agent, route, seen }: { agent: Agent; route: ApiRoute; seen: Seen },
): Promise<void> {
  const fuzzed = request(random, route);
  const token = random() < 0.9 ? pick(random, target.tokens) : pick(random, ['', 'cet_wrong', 'x'.repeat(500)]);
  if (random() < 0.95) fuzzed.headers['authorization'] = `Bearer ${token}`;
  const answer = await ask(target.gateway.httpPort, agent, fuzzed);
  seen.routes.add(`${route.method} ${route.path}`);
  const name = answer.status === 0 ? 'unanswered' : `${Math.floor(answer.status / 100)}xx`;
  seen.statuses[name] = (seen.statuses[name] ?? 0) + 1;
  const what = `${fuzzed.method} ${fuzzed.path.slice(0, 200)} → ${answer.status} ${answer.text.slice(0, 200)}`;
  if (isFailure(answer.status)) seen.failures.push(what);
  else if (answer.status >= 400 && inside.test(answer.text)) seen.failures.push(`tells of the inside: ${what}`);
}

/** Sends a request; status 0 stands for no answer, as to what Node itself will not send. */
function ask(
  port: number,
  agent: Agent,
  { method, path, headers, body }: FuzzedRequest,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve({ status: 0, text: '' });
    try {
      const asked = send({ host: '127.0.0.1', port, agent, method, path, headers, timeout: 30_000 }, (response) => {
        const { statusCode: status = 0 } = response;
        let text = '';
        response.setEncoding('utf8');
        // A stream never ends by itself, and a file is long.
        response.on('data', (chunk: string) => {
          text += chunk;
          if (status < 400 && (text.length > 4096 || response.headers['content-type']?.includes('event-stream')))
            response.destroy();
        });
        response.on('close', () => resolve({ status, text }));
        response.on('error', () => resolve({ status, text }));
      });
      asked.on('timeout', () => asked.destroy());
      asked.on('error', nothing);
      asked.end(body);
    } catch (error) {
      // Node refuses to send some paths and headers: they are tried as raw bytes elsewhere.
      if (!(error instanceof TypeError)) throw error;
      nothing();
    }
  });
}

async function noHttp({ target, random }: PartRun): Promise<void> {
  const socket = attack(target.gateway.httpPort);
  socket.resume();
  socket.write(brokenHttp(random), 'latin1');
  await closed(socket, 200);
  socket.resetAndDestroy();
}
