import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopesAllow, type TokenScope } from '../../../gateway/access/token-scopes.ts';
import { type HttpClient, httpClients, type MqttClient, mqttClients } from '../../access/clients.ts';
import { accessTable, type Row } from '../../access/document.ts';
import { topicCases } from '../../access/topic-cases.ts';
import { Gateway } from '../../faults/machine/gateway.ts';
import type { Connection } from '../../faults/mqtt/connection.ts';

/** Subscriptions of one connection: the gateway ends one that asks for too many that it may not have. */
const SUBSCRIPTIONS_EACH = 5;

const home = mkdtempSync(join(tmpdir(), 'campus-edge-access-'));
let gateway: Gateway;

beforeAll(async () => {
  gateway = await Gateway.prepare({ home, config: 'site: school\n' });
  await gateway.start();
});

afterAll(async () => {
  await gateway?.end('SIGTERM');
  rmSync(home, { recursive: true, force: true });
});

/** `publish campus/v1/…` → the row of the document. */
const topicRows = new Map(accessTable('act').map((row) => [`${row['act']} ${row['topic']}`, row]));
const routeRows = accessTable('route');

describe('MQTT', () => {
  it('lets every kind of client do what docs/access.md says, and nothing else', async () => {
    expect([...topicRows.keys()]).toEqual(topicCases.map(({ act, pattern }) => `${act} ${pattern}`));
    const wrong: string[] = [];
    for (const client of await mqttClients(gateway)) wrong.push(...(await deviations(client)));
    expect(wrong).toEqual([]);
  });
});

/** Where a client may do more or less than the document says. */
async function deviations(client: MqttClient): Promise<string[]> {
  const { column } = client;
  if (column === undefined) {
    const came = await client.open({ clientId: 'matrix' }).then(cutAndSay, () => false);
    return came ? [`${client.kind} comes in`] : [];
  }
  const outcomes = [...(await publishAll(client)), ...(await subscribeAll(client))];
  return outcomes
    .filter(({ what, allowed }) => allowed !== (topicRows.get(what)?.[column] === 'yes'))
    .map(({ what, allowed }) => `${client.kind} may${allowed ? '' : ' not'} ${what}`);
}

function cutAndSay(connection: Connection): true {
  connection.cut();
  return true;
}

interface Outcome {
  what: string;
  allowed: boolean;
}

/** Publishes on each topic, on a connection of its own: it is acknowledged, or the connection ends. */
async function publishAll(client: MqttClient): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { act, pattern, topic } of topicCases) {
    if (act !== 'publish') continue;
    const acknowledged = Promise.withResolvers<true>();
    const connection = await client.open({ clientId: 'matrix', onPuback: () => acknowledged.resolve(true) });
    connection.publish(topic, Buffer.from('{}'), 1);
    const allowed = await Promise.race([acknowledged.promise, connection.closed.then(() => false)]);
    connection.cut();
    outcomes.push({ what: `${act} ${pattern}`, allowed });
  }
  return outcomes;
}

async function subscribeAll(client: MqttClient): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const cases = topicCases.filter(({ act }) => act === 'subscribe');
  for (let first = 0; first < cases.length; first += SUBSCRIPTIONS_EACH) {
    const connection = await client.open({ clientId: 'matrix' });
    for (const { act, pattern, topic } of cases.slice(first, first + SUBSCRIPTIONS_EACH)) {
      const allowed = await connection.subscribe(topic, 1).then(
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
  it('lets every kind of client use what docs/access.md says, and nothing else', async () => {
    expect(routeRows.length).toBeGreaterThan(30);
    const wrong: string[] = [];
    for (const client of await httpClients(gateway)) {
      // Signing out comes last: it ends the session that is tried.
      const rows = [...routeRows].sort((a, b) => Number(isSignOut(a)) - Number(isSignOut(b)));
      for (const row of rows) {
        const status = await statusOf(client, row);
        if (!expected(client, row).includes(outcomeOf(status)))
          wrong.push(`${client.kind}: ${row['route']} answers ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('lets a program on this machine read the metrics without an account, and nothing else', async () => {
    const wrong: string[] = [];
    for (const row of routeRows) {
      const status = await statusOf({ kind: 'a program on this machine', headers: {} }, row);
      const may = row['anonymous'] !== '';
      if ((outcomeOf(status) === 'served') !== may) wrong.push(`${row['route']} answers ${status}`);
    }
    expect(wrong).toEqual([]);
  });
});

type HttpOutcome = 'served' | 'not authenticated' | 'too many' | 'forbidden';

function expected({ column, scopes = [] }: HttpClient, row: Row): HttpOutcome[] {
  if (row['anonymous'] === 'yes') return ['served'];
  // After so many wrong tokens of one address, further ones are told to wait. Right ones, which come after them here, are not.
  if (column === undefined) return ['not authenticated', 'too many'];
  const may = row[column] === 'yes' && scopesAllow(scopes, row['scope'] as TokenScope | 'any' | 'none');
  return may ? ['served'] : ['forbidden'];
}

/** What a route does with a request that makes no sense, once it is let in, is not looked at here. */
function outcomeOf(status: number): HttpOutcome {
  if (status === 401) return 'not authenticated';
  if (status === 429) return 'too many';
  return status === 403 ? 'forbidden' : 'served';
}

async function statusOf({ headers }: HttpClient, row: Row): Promise<number> {
  const [method = '', path = ''] = row['route']?.split(' ') ?? [];
  const url = `http://127.0.0.1:${gateway.httpPort}${path.replaceAll(/\{\w+\}/g, 'some-name')}`;
  const response = await fetch(url, { method, headers, redirect: 'manual' });
  await response.body?.cancel();
  return response.status;
}

function isSignOut(row: Row): boolean {
  return row['route'] === 'DELETE /api/v1/session';
}
