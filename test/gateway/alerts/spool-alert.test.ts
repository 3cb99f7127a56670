import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { Alerts } from '../../../gateway/alerts/alerts.ts';
import { CALM_MS, SpoolAlert } from '../../../gateway/alerts/spool-alert.ts';
import { Clock, temporaryRegistry } from '../registry/temporary-registry.ts';

let clock: Clock;
let alerts: Alerts;

const spoolAlert = (): SpoolAlert => new SpoolAlert({ alerts, site: 'school', device: 'gate', now: clock.now });

beforeEach(() => {
  clock = new Clock();
  const { registry } = temporaryRegistry(clock);
  alerts = new Alerts({ db: registry.db, knows: () => true, random: (bytes) => randomBytes(bytes) });
});

test('a spool that refuses messages raises one alert, which says why in both languages', () => {
  const alert = spoolAlert();
  alert.refused('queue_full');
  clock.pass(5000);
  alert.refused('queue_full');
  expect(alerts.open()).toMatchObject([{ rule: 'spool-blocked', device: 'gate', site: 'school', subject: '' }]);
  expect(alerts.open()[0]?.summary.en).toContain('its spool is full');
  expect(alerts.open()[0]?.summary['zh-CN']).toContain('缓冲队列已满');
  alert.refused('queue_failed');
  expect(alerts.open().map(({ summary }) => summary.en)).toEqual([expect.stringContaining('cannot write its disk')]);
});

test('a small message that finds room does not end it; a minute without a refusal does', () => {
  const alert = spoolAlert();
  alert.refused('queue_full');
  clock.pass(30_000);
  alert.taken();
  alert.refused('queue_full');
  clock.pass(CALM_MS - 1);
  alert.taken();
  alert.tick();
  expect(alerts.open()).toHaveLength(1);
  clock.pass(1);
  alert.tick();
  expect(alerts.open()).toEqual([]);
  alert.refused('queue_full');
  expect(alerts.open()).toHaveLength(1);
});

test('silence alone does not end it: nobody knows then whether the spool takes messages', () => {
  const alert = spoolAlert();
  alert.refused('queue_failed');
  clock.pass(10 * CALM_MS);
  alert.tick();
  expect(alerts.open()).toHaveLength(1);
});

test('what a former run has left open ends when this one takes messages', () => {
  spoolAlert().refused('queue_full');
  const next = spoolAlert();
  next.taken();
  clock.pass(CALM_MS);
  next.tick();
  expect(alerts.open()).toEqual([]);
});
