import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ClientPseudonyms } from '../../../agent/client-pseudonyms.ts';
import { KeyService } from '../../../gateway/privacy/key-service.ts';
import { PSEUDONYM_KEYS_FILE, PseudonymKeys } from '../../../gateway/privacy/pseudonym-keys.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { Clock } from '../registry/temporary-registry.ts';

const day = 24 * 3600_000;
const mac = '3c:22:fb:0a:1b:2c';

function keysIn(path = join(temporaryDirectory(), PSEUDONYM_KEYS_FILE), clock = new Clock()) {
  return { path, clock, keys: new PseudonymKeys({ path, days: 14, now: clock.now, random: randomBytes }) };
}

test('a client has one pseudonym for 14 days, over restarts, and another at another site', () => {
  const { path, clock, keys } = keysIn();
  const name = keys.pseudonym('school', mac);
  expect(name).toMatch(/^[0-9a-f]{16}$/);
  expect(keys.pseudonym('other', mac)).not.toBe(name);
  clock.pass(13 * day);
  expect(keysIn(path, clock).keys.pseudonym('school', mac)).toBe(name);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('then it has another, and the old key is nowhere any more', () => {
  const { path, clock, keys } = keysIn();
  const name = keys.pseudonym('school', mac);
  const before = readFileSync(path, 'utf8');
  clock.pass(14 * day);
  expect(keys.pseudonym('school', mac)).not.toBe(name);
  const { school } = JSON.parse(before) as Record<string, { key: string }>;
  expect(readFileSync(path, 'utf8')).not.toContain(school?.key);
});

test('a clock that was never set, or goes back, makes no new key', () => {
  const { clock, keys } = keysIn();
  const name = keys.pseudonym('school', mac);
  clock.time = 5000;
  expect(keys.pseudonym('school', mac)).toBe(name);
});

test('a file that holds no keys is told, with what to do', () => {
  const path = join(temporaryDirectory(), PSEUDONYM_KEYS_FILE);
  writeFileSync(path, '{"school":{"key":"short"}}');
  expect(() => keysIn(path)).toThrow(expect.objectContaining({ message: expect.stringContaining('delete it') }));
});

test('an agent is given the key when it subscribes and when there is a new one; other devices are not', () => {
  const { clock, keys } = keysIn();
  const agents = new Set(['room-1']);
  const told: { topic: string; payload: string; retain: boolean }[] = [];
  const service = new KeyService({
    keys,
    publish: (topic, payload, { retain }) => void told.push({ topic, payload: String(payload), retain }),
    isAgent: (_site, device) => agents.has(device),
  });
  for (const device of ['room-1', 'projector', 'room-2']) {
    service.subscribed('school', device, `campus/v1/school/${device}/command`);
  }
  expect(told.map(({ topic, retain }) => [topic, retain])).toEqual([['campus/v1/school/room-1/command', false]]);
  const elapsed = { ms: 0 };
  const clients = new ClientPseudonyms(() => elapsed.ms);
  expect(clients.of(mac)).toBeUndefined();
  const hear = (): void => {
    const { key, valid_ms } = JSON.parse(told.at(-1)?.payload ?? '') as { key: string; valid_ms: number };
    clients.told(key, valid_ms);
  };
  hear();
  expect(clients.of(mac)).toBe(keys.pseudonym('school', mac));
  agents.add('room-2');
  service.look();
  expect(told.slice(1).map(({ topic }) => topic)).toEqual(['campus/v1/school/room-2/command']);
  elapsed.ms += 14 * day;
  clock.pass(14 * day);
  expect(clients.of(mac)).toBeUndefined();
  service.look();
  expect(told).toHaveLength(4);
  hear();
  expect(clients.of(mac)).toBe(keys.pseudonym('school', mac));
});
