import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { Alert, AlertRequest } from '../../../contract/alert.ts';
import { Alerts, OPEN_ALERTS_MAX } from '../../../gateway/alerts/alerts.ts';
import type { Registry } from '../../../gateway/registry/registry.ts';
import { Clock, reopen, temporaryRegistry } from '../registry/temporary-registry.ts';

type Raise = Extract<AlertRequest, { action: 'raise' }>;

const now = 1_764_000_000_000;
const raise: Raise = {
  action: 'raise',
  rule: 'disk-nearly-full',
  device: 'room-1',
  subject: '/var',
  class: 'facility-fault',
  sub_class: '技术故障',
  level: 4,
  summary: { 'zh-CN': '磁盘将满', en: 'The disk is nearly full' },
  evidence: { measurement: 'disk', field: 'used_percent', value: 93, threshold: 90, for_seconds: 60 },
  at: now - 500,
};
const { rule, device, subject, evidence } = raise;
const clear: AlertRequest = { action: 'clear', rule, device, subject, evidence: { value: 80 }, at: now + 9000 };

let registry: Registry;
let path: string;
let alerts: Alerts;

const alertsOf = ({ db, devices }: Registry): Alerts =>
  new Alerts({ db, knows: (site, id) => devices.has(site, id), random: (bytes) => randomBytes(bytes) });

function watch(): Alert[] {
  const told: Alert[] = [];
  alerts.onChange((alert) => told.push(alert));
  return told;
}

beforeEach(() => {
  ({ registry, path } = temporaryRegistry());
  registry.devices.seen('school', 'room-1', 1);
  registry.devices.seen('school', 'room-2', 1);
  alerts = alertsOf(registry);
});

test('an alert is raised once and told with what is behind it', () => {
  const told = watch();
  const { alert, changed } = alerts.handle(raise, 'school', now);
  expect(changed).toBe(true);
  const { action: _action, at, ...facts } = raise;
  expect(alert).toEqual({ ...facts, id: alert?.id, site: 'school', state: 'open', raised_at: at, updated_at: now });
  expect(alerts.handle(raise, 'school', now + 10)).toEqual({ alert, changed: false });
  expect(told).toEqual([alert]);
  expect(alerts.open()).toEqual([alert]);
});

test('raising it again with other facts updates it', () => {
  const first = alerts.handle(raise, 'school', now).alert;
  const told = watch();
  const { sub_class: _dropped, ...worse } = { ...raise, level: 2 as const, evidence: { ...evidence, value: 99 } };
  const { alert, changed } = alerts.handle(worse, 'school', now + 60_000);
  expect(changed).toBe(true);
  expect(alert).toMatchObject({
    id: first?.id,
    level: 2,
    evidence: { value: 99 },
    raised_at: first?.raised_at,
    updated_at: now + 60_000,
  });
  expect(alert).not.toHaveProperty('sub_class');
  expect(told).toEqual([alert]);
  expect(alerts.list({ limit: 9 })).toEqual([alert]);
});

test('another rule, device, subject or site is another alert', () => {
  registry.devices.seen('annex', 'room-1', 1);
  alerts.handle(raise, 'school', now);
  for (const other of [{ rule: 'disk-gone' }, { device: 'room-2' }, { subject: '/' }]) {
    alerts.handle({ ...raise, ...other }, 'school', now);
  }
  alerts.handle(raise, 'annex', now);
  expect(alerts.open()).toHaveLength(5);
  expect([
    alerts.openCount('school', 'room-1'),
    alerts.openCount('school', 'room-2'),
    alerts.openCount('annex', 'room-1'),
  ]).toEqual([3, 1, 1]);
});

test('clearing closes it, keeps it in the history, and raising begins a new one', () => {
  const first = alerts.handle(raise, 'school', now).alert;
  const told = watch();
  const { alert, changed } = alerts.handle(clear, 'school', now + 10_000);
  expect(changed).toBe(true);
  expect(alert).toEqual({ ...first, state: 'cleared', cleared_at: now + 9000, updated_at: now + 10_000 });
  expect(told).toEqual([alert]);
  expect(alerts.open()).toEqual([]);
  expect(alerts.handle(clear, 'school', now + 11_000)).toEqual({ alert: undefined, changed: false });
  const second = alerts.handle(raise, 'school', now + 20_000).alert;
  expect(second?.id).not.toBe(first?.id);
  expect(alerts.list({ limit: 9 })).toEqual([second, alert]);
});

test('open alerts survive a restart and can be cleared after it', () => {
  const { alert } = alerts.handle(raise, 'school', now);
  registry = reopen(registry, path, new Clock());
  alerts = alertsOf(registry);
  expect(alerts.open()).toEqual([alert]);
  expect(alerts.handle(raise, 'school', now + 1).changed).toBe(false);
  alerts.handle(clear, 'school', now + 10_000);
  expect(alerts.get(alert?.id ?? '')).toMatchObject({ state: 'cleared' });
});

test('what listeners are told is on the disk already', () => {
  let stored: Alert | undefined;
  alerts.onChange(({ id }) => {
    stored = alerts.get(id);
  });
  const { alert } = alerts.handle(raise, 'school', now);
  expect(stored).toEqual(alert);
});

test('a device that never reported has no alerts', () => {
  expect(() => alerts.handle({ ...raise, device: 'nobody' }, 'school', now)).toThrow(
    expect.objectContaining({ code: 'not_found' }),
  );
  expect(() => alerts.handle(raise, 'annex', now)).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(alerts.list({ limit: 9 })).toEqual([]);
});

test('a sender with a wrong clock cannot move an alert far', () => {
  const future = alerts.handle({ ...raise, at: now + 1e9 }, 'school', now).alert;
  expect(future?.raised_at).toBe(now);
  const past = alerts.handle({ ...raise, subject: '/', at: 0 }, 'school', now).alert;
  expect(past?.raised_at).toBe(now - 24 * 3600_000);
  const cleared = alerts.handle({ ...clear, at: 0 }, 'school', now + 5).alert;
  expect(cleared?.cleared_at).toBe(now);
});

test('the first who acknowledges stays, with the note', () => {
  const id = alerts.handle(raise, 'school', now).alert?.id ?? '';
  const told = watch();
  const { alert } = alerts.acknowledge(id, { who: 'bob', note: 'new disk ordered', now: now + 1000 });
  expect(alert).toMatchObject({ state: 'open', acknowledged_at: now + 1000, acknowledged_by: 'bob' });
  expect(alerts.notes(id).acknowledged).toBe('new disk ordered');
  expect(alerts.acknowledge(id, { who: 'ann', note: 'me too', now: now + 2000 })).toEqual({ alert, changed: false });
  expect(alerts.notes(id).acknowledged).toBe('new disk ordered');
  expect(told).toEqual([alert]);
  const updated = alerts.handle({ ...raise, level: 1 }, 'school', now + 3000).alert;
  expect(updated).toMatchObject({ level: 1, acknowledged_by: 'bob' });
});

test('a cleared or unknown alert cannot be acknowledged', () => {
  const id = alerts.handle(raise, 'school', now).alert?.id ?? '';
  alerts.handle(clear, 'school', now + 10_000);
  expect(() => alerts.acknowledge(id, { who: 'bob', now })).toThrow(
    expect.objectContaining({ code: 'state_conflict' }),
  );
  expect(() => alerts.acknowledge('nope', { who: 'bob', now })).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('a person may close an alert; the next request raises another', () => {
  const id = alerts.handle(raise, 'school', now).alert?.id ?? '';
  const told = watch();
  const closed = alerts.close(id, { who: 'bob', note: 'as it should be', now: now + 1000 });
  expect(closed).toMatchObject({ state: 'cleared', cleared_at: now + 1000, closed_by: 'bob' });
  expect(told).toEqual([closed]);
  expect(alerts.get(id)).toEqual(closed);
  expect(alerts.notes(id)).toEqual({ acknowledged: undefined, closed: 'as it should be' });
  expect(() => alerts.close(id, { who: 'ann', now })).toThrow(expect.objectContaining({ code: 'state_conflict' }));
  expect(alerts.handle(raise, 'school', now + 2000).alert?.id).not.toBe(id);
});

test('what is open about one device is cleared, and about no other', () => {
  alerts.handle(raise, 'school', now);
  alerts.handle({ ...raise, subject: '/' }, 'school', now);
  const other = alerts.handle({ ...raise, device: 'room-2' }, 'school', now).alert;
  alerts.clearAll({ site: 'school', device: 'room-1' }, now + 1);
  expect(alerts.open()).toEqual([other]);
});

test('lists are narrowed and paged, newest first', () => {
  for (let n = 0; n < 5; n += 1) {
    alerts.handle({ ...raise, subject: `/${n}`, device: n % 2 === 0 ? 'room-1' : 'room-2' }, 'school', now + n);
  }
  alerts.handle({ ...clear, subject: '/0' }, 'school', now + 9);
  const subjects = (list: Alert[]) => list.map((alert) => alert.subject);
  const page = alerts.list({ limit: 2 });
  expect(subjects(page)).toEqual(['/4', '/3']);
  expect(subjects(alerts.list({ limit: 9, before: page.at(-1)?.id }))).toEqual(['/2', '/1', '/0']);
  expect(subjects(alerts.list({ limit: 9, state: 'open', device: 'room-1' }))).toEqual(['/4', '/2']);
  expect(subjects(alerts.list({ limit: 9, state: 'cleared' }))).toEqual(['/0']);
  expect(alerts.list({ limit: 9, site: 'annex' })).toEqual([]);
});

test('there is an end to open alerts', () => {
  registry.db.exec('BEGIN');
  for (let n = 0; n < OPEN_ALERTS_MAX; n += 1) alerts.handle({ ...raise, subject: `${n}` }, 'school', now);
  registry.db.exec('COMMIT');
  expect(() => alerts.handle({ ...raise, subject: 'more' }, 'school', now)).toThrow(
    expect.objectContaining({ code: 'rate_limited' }),
  );
  expect(alerts.handle({ ...raise, subject: '7', level: 1 }, 'school', now).changed).toBe(true);
  alerts.handle({ ...clear, subject: '7' }, 'school', now);
  expect(alerts.handle({ ...raise, subject: 'more' }, 'school', now).changed).toBe(true);
});

test('cleared alerts are kept for a year, open ones until they are cleared', () => {
  alerts.handle(raise, 'school', now);
  alerts.handle({ ...raise, subject: '/' }, 'school', now);
  alerts.handle(clear, 'school', now + 10_000);
  alerts.prune(now + 366 * 24 * 3600_000);
  expect(alerts.list({ limit: 9 })).toHaveLength(2);
  alerts.prune(now + 402 * 24 * 3600_000);
  expect(alerts.list({ limit: 9 }).map((alert) => alert.subject)).toEqual(['/']);
});
