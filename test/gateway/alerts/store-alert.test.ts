import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { Alerts } from '../../../gateway/alerts/alerts.ts';
import { AWAY_MS, StoreAlert } from '../../../gateway/alerts/store-alert.ts';
import { Clock, temporaryRegistry } from '../registry/temporary-registry.ts';

const STORE = 'influxdb://127.0.0.1:8086/campus';

let clock: Clock;
let alerts: Alerts;

const storeAlert = (): StoreAlert => new StoreAlert({ alerts, site: 'school', device: 'gate', now: clock.now });

beforeEach(() => {
  clock = new Clock();
  const { registry } = temporaryRegistry(clock);
  alerts = new Alerts({ db: registry.db, knows: () => true, random: (bytes) => randomBytes(bytes) });
});

test('a store that stays away raises one alert, which names it in both languages, and its return clears it', () => {
  const alert = storeAlert();
  alert.away(STORE);
  clock.pass(AWAY_MS - 1);
  alert.away(STORE);
  alert.tick();
  expect(alerts.open()).toEqual([]);
  clock.pass(1);
  alert.tick();
  alert.tick();
  expect(alerts.open()).toMatchObject([{ rule: 'store-away', device: 'gate', site: 'school', subject: STORE }]);
  expect(alerts.open()[0]?.summary.en).toContain(STORE);
  expect(alerts.open()[0]?.summary['zh-CN']).toContain(STORE);
  alert.back(STORE);
  alert.tick();
  expect(alerts.open()).toEqual([]);
});

test('a store that is started again raises nothing, and each store has an alert of its own', () => {
  const alert = storeAlert();
  alert.away(STORE);
  alert.away('duckdb');
  clock.pass(AWAY_MS - 1);
  alert.back(STORE);
  alert.tick();
  alert.away(STORE);
  clock.pass(1);
  alert.tick();
  expect(alerts.open().map(({ subject }) => subject)).toEqual(['duckdb']);
});

test('an alert that a former run left open ends with the first write', () => {
  const before = storeAlert();
  before.away(STORE);
  clock.pass(AWAY_MS);
  before.tick();
  const after = storeAlert();
  after.tick();
  expect(alerts.open()).toHaveLength(1);
  after.back(STORE);
  after.tick();
  expect(alerts.open()).toEqual([]);
});
