import { integerBetween, type Random } from '../../support/random.ts';
import { pick } from './bytes.ts';

/** What the fuzz needs to know of a route, from the OpenAPI document. */
export interface ApiRoute {
  method: string;
  path: string;
  query: readonly string[];
  /** Names of the body's properties; undefined where there is no body. */
  body: readonly string[] | undefined;
}

export interface FuzzedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

const texts = [
  ...[
    '',
    '0',
    '-1',
    '1e9',
    'NaN',
    'true',
    'null',
    'school',
    'room-1',
    'projector',
    'admin',
    '2026-01-01',
    '5m',
    'csv',
    'mean',
  ],
  ...[
    '../../etc/passwd',
    '%00',
    '%zz',
    "'; DROP TABLE users; --",
    '<script>',
    '\u202e',
    '💥',
    'x'.repeat(200),
    '__proto__',
    '{{7*7}}',
  ],
];
const values: readonly unknown[] = [...texts, null, true, -1, 1.5, 1e308, [], {}, [[]], { $ne: 1 }, 'x'.repeat(9000)];
const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'x'];

/** A request on a route, near enough to a sound one to come far. */
export function request(random: Random, route: ApiRoute): FuzzedRequest {
  const path = route.path.replaceAll(/\{\w+\}/g, () => encode(random, pick(random, texts)));
  const query = route.query
    .filter(() => random() < 0.6)
    .map((name) => `${name}=${encode(random, pick(random, texts))}`);
  if (random() < 0.1) query.push(`${encode(random, pick(random, texts))}=${encode(random, pick(random, texts))}`);
  const method =
    random() < 0.05 ? pick(random, ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'POST']) : route.method;
  const body = bodyOf(random, route, method);
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = random() < 0.9 ? 'application/json' : pick(random, types);
  if (random() < 0.05) headers['cookie'] = `campus_session=${encode(random, pick(random, texts))}`;
  if (random() < 0.05) headers['origin'] = pick(random, ['http://evil.example', 'null', 'x']);
  if (random() < 0.05) headers['accept'] = 'text/html';
  return { method, path: query.length === 0 ? path : `${path}?${query.join('&')}`, headers, body };
}

function bodyOf(random: Random, { body }: ApiRoute, method: string): string | undefined {
  if (method === 'GET' || method === 'HEAD' || (body === undefined && random() < 0.8)) return undefined;
  if (random() < 0.1) return '{"a":'.repeat(integerBetween(random, 1, 2000));
  const names = [...(body ?? []).filter(() => random() < 0.8), ...(random() < 0.2 ? ['__proto__'] : [])];
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(pick(random, values))}`).join(',')}}`;
}

/** Mostly a text that fits into a URL; now and then one that does not quite. */
function encode(random: Random, text: string): string {
  return random() < 0.95 ? encodeURIComponent(text) : text.replaceAll(/[^!-~]/g, '%');
}

/** Bytes that are no HTTP, or too much of it. */
export function brokenHttp(random: Random): string {
  return pick(random, [
    '\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(3000)}\r\n`,
    'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx',
    'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nzz\r\n',
    'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nX: \u0000\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ]);
}

/** The routes of an OpenAPI 3.1 document. */
export function routesOf(document: unknown): ApiRoute[] {
  return entries(field(document, 'paths')).flatMap(([path, item]) =>
    entries(item).map(([method, operation]): ApiRoute => {
      const parameters = Object.values(field(operation, 'parameters') ?? []);
      const query = parameters.filter((one) => field(one, 'in') === 'query').map((one) => String(field(one, 'name')));
      const schema = field(field(field(field(operation, 'requestBody'), 'content'), 'application/json'), 'schema');
      const body = schema === undefined ? undefined : entries(field(schema, 'properties')).map(([name]) => name);
      return { method: method.toUpperCase(), path, query, body };
    }),
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
