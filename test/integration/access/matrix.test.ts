import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scopesAllow, type TokenScope } from '../../../gateway/access/token-scopes.ts';
import { accessTable, type Row } from '../../access/document.ts';
import { ask, type HttpClient, type HttpWay, httpClients, httpWays } from '../../access/http-clients.ts';
import { type MqttWay, mqttWays } from '../../access/kinds.ts';
import { type MqttClient, mqttClients, wayTo } from '../../access/mqtt-clients.ts';
import { topicCases, topicOf } from '../../access/topic-cases.ts';
import { Gateway } from '../../faults/machine/gateway.ts';
import { Connection } from '../../faults/mqtt/connection.ts';

/** A thousand requests, and as many connections, on a machine that has other work besides. */
const PATIENCE_MS = 180_000;

/** Subscriptions of one connection: the gateway ends one that asks for too many that it may not have. */
const SUBSCRIPTIONS_EACH = 5;

const home = mkdtempSync(join(tmpdir(), 'campus-edge-access-'));
let gateway: Gateway;

beforeAll(async () => {
  gateway = await Gateway.prepare({ home, config: 'site: school\n' });
  await gateway.start(PATIENCE_MS);
}, PATIENCE_MS);

afterAll(async () => {
  await gateway?.end('SIGTERM');
  rmSync(home, { recursive: true, force: true });
});

/** `publish campus/v1/…` → the row of the document. */
const topicRows = new Map(accessTable('act').map((row) => [`${row['act']} ${row['topic']}`, row]));
const routeRows = accessTable('route');
const mqttRows = accessTable('MQTT client');
const httpRows = accessTable('HTTP client');

describe('MQTT', () => {
  let clients: Record<string, MqttClient>;

  beforeAll(async () => {
    clients = await mqttClients(gateway);
  }, PATIENCE_MS);

  // All log-ins of the flows are of one account, which may not have as many a minute as all ways take: each begins with none counted.
  beforeEach(async () => {
    await gateway.end('SIGTERM');
    await gateway.start(PATIENCE_MS);
  }, PATIENCE_MS);

  it('is tried by every kind of client and on every topic that docs/access.md names', () => {
    expect(mqttRows.map((row) => row['MQTT client']).sort()).toEqual(Object.keys(clients).sort());
    expect([...topicRows.keys()]).toEqual(topicCases.map(({ act, pattern }) => `${act} ${pattern}`));
  });

  it.each(mqttWays)(
    'by %s lets every kind of client do what docs/access.md says, and nothing else',
    async (way) => {
      const wrong: string[] = [];
      for (const row of mqttRows) {
        const [kind = '', admission = ''] = [row['MQTT client'], row[way]];
        const client = clients[kind];
        if (admission === '' || client === undefined) continue;
        const outcome = await admissionOf(client, way);
        if (outcome !== 'admitted' || !columns.includes(admission)) {
          if (outcome !== admission) wrong.push(`${kind}: expected ${admission}, got ${outcome}`);
          continue;
        }
        const outcomes = [...(await publishAll(client, way)), ...(await subscribeAll(client, way))];
        for (const { what, allowed } of outcomes) {
          if (allowed !== (topicRows.get(what)?.[admission] === 'yes'))
            wrong.push(`${kind} may${allowed ? '' : ' not'} ${what}`);
        }
      }
      expect(wrong).toEqual([]);
    },
    PATIENCE_MS,
  );
});

/** The columns of the topics' table. */
const columns: readonly string[] = ['device', 'flows'];

function open(
  { account, certificate }: MqttClient,
  way: MqttWay,
  onPuback: () => void = () => undefined,
): Promise<Connection> {
  return Connection.open({ ...wayTo(gateway, way, certificate), account, clientId: 'matrix', onPuback });
}

/** `admitted`, or the code by which the gateway counts the refusal. */
async function admissionOf(client: MqttClient, way: MqttWay): Promise<string> {
  const before = await connectRefusals();
  const came = await open(client, way).then(cutAndSay, () => false);
  if (came) return 'admitted';
  const codes = [...(await connectRefusals())].filter(([code, count]) => count > (before.get(code) ?? 0));
  return codes.map(([code]) => code).join(' and ');
}

function cutAndSay(connection: Connection): true {
  connection.cut();
  return true;
}

/** How many CONNECTs were refused by now, by their code. */
async function connectRefusals(): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.httpPort}/metrics`)).text();
  const counts = text.matchAll(/^campus_refusals_total\{action="connect",code="(\w+)"\} (\d+)$/gm);
  return new Map([...counts].map(([, code = '', count]) => [code, Number(count)]));
}

interface Outcome {
  what: string;
  allowed: boolean;
}

/** Publishes on each topic, on a connection of its own: it is acknowledged, or the connection ends. */
async function publishAll(client: MqttClient, way: MqttWay): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { act, pattern } of topicCases) {
    if (act !== 'publish') continue;
    const acknowledged = Promise.withResolvers<true>();
    const connection = await open(client, way, () => acknowledged.resolve(true));
    connection.publish(topicOf(pattern, client.device), Buffer.from('{}'), 1);
    const allowed = await Promise.race([acknowledged.promise, connection.closed.then(() => false)]);
    connection.cut();
    outcomes.push({ what: `${act} ${pattern}`, allowed });
  }
  return outcomes;
}

async function subscribeAll(client: MqttClient, way: MqttWay): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const cases = topicCases.filter(({ act }) => act === 'subscribe');
  for (let first = 0; first < cases.length; first += SUBSCRIPTIONS_EACH) {
    const connection = await open(client, way);
    for (const { act, pattern } of cases.slice(first, first + SUBSCRIPTIONS_EACH)) {
      const allowed = await connection.subscribe(topicOf(pattern, client.device), 1).then(
        () => true,
        () => false,
      );
      outcomes.push({ what: `${act} ${pattern}`, allowed });
    }
    connection.cut();
  }
  return outcomes;
}

describe('HTTP', () => {
  it.each(httpWays)(
    'by %s lets every kind of client use what docs/access.md says, and nothing else',
    async (way) => {
      expect(routeRows.length).toBeGreaterThan(30);
      const clients: Record<string, HttpClient> = await httpClients(gateway, way);
      expect(httpRows.map((row) => row['HTTP client']).sort()).toEqual(Object.keys(clients).sort());
      const wrong: string[] = [];
      for (const kind of httpRows) {
        const name = kind['HTTP client'] ?? '';
        const client = clients[name];
        if (client === undefined) continue;
        // Signing out comes last: it ends the session that is tried.
        const rows = [...routeRows].sort((a, b) => Number(isSignOut(a)) - Number(isSignOut(b)));
        for (const row of rows) {
          const status = await statusOf(client, way, row);
          if (!expected(kind, row).includes(outcomeOf(status)))
            wrong.push(`${name}: ${row['route']} answers ${status}`);
        }
      }
      expect(wrong).toEqual([]);
    },
    PATIENCE_MS,
  );
});

type HttpOutcome = 'served' | 'not authenticated' | 'too many' | 'forbidden';

/** What the document says of a kind of client and a route. */
function expected(kind: Row, row: Row): HttpOutcome[] {
  const is = kind['is'] ?? '';
  if (row['anonymous'] === 'yes') return ['served'];
  if (is === 'this machine') return [row['anonymous'] === '' ? 'not authenticated' : 'served'];
  // After so many wrong tokens of one address, further ones are told to wait. Right ones, which come after them here, are not.
  if (is === 'nobody') return ['not authenticated', 'too many'];
  const scopes = (kind['scopes'] ?? '').split(' ').filter((scope) => scope !== '') as TokenScope[];
  const may = row[is] === 'yes' && scopesAllow(scopes, row['scope'] as TokenScope | 'any' | 'none');
  return may ? ['served'] : ['forbidden'];
}

/** What a route does with a request that makes no sense, once it is let in, is not looked at here. */
function outcomeOf(status: number): HttpOutcome {
  if (status === 401) return 'not authenticated';
  if (status === 429) return 'too many';
  return status === 403 ? 'forbidden' : 'served';
}

async function statusOf(client: HttpClient, way: HttpWay, row: Row): Promise<number> {
  const [method = '', path = ''] = row['route']?.split(' ') ?? [];
  const { statusCode = 0 } = await ask(gateway, way, client, {
    method,
    path: path.replaceAll(/\{\w+\}/g, 'some-name'),
  });
  return statusCode;
}

function isSignOut(row: Row): boolean {
  return row['route'] === 'DELETE /api/v1/session';
}
