import { expect, test } from 'vitest';
import { defineMeasurement } from '../../../contract/measurement.ts';
import { measurementSpec } from '../../../contract/measurements/index.ts';
import type { Metric } from '../../../contract/telemetry.ts';
import { PersonalGuard } from '../../../gateway/privacy/personal-guard.ts';

const spec = defineMeasurement({
  ...{ name: 'wifi_client', en: 'Clients', zh: '终端', dataClass: 'personal', retention: 'client' },
  tags: { client: { en: 'Pseudonym', zh: '假名' } },
  fields: {},
});
const guard = new PersonalGuard({
  pseudonym: (site, mac) => `pseudonym of ${mac.slice(-2)} at ${site}`,
  ownMacs: (_site, device) => new Set(device === 'box' ? ['3c22fb0a1b2c'] : []),
  specOf: (name) => (name === 'wifi_client' ? spec : measurementSpec(name)),
});
const metric = (name: string, tags: Metric['tags'], fields: Metric['fields'] = { n: 1 }): Metric => ({
  ...{ name, tags, fields, timestamp: 1 },
});
const box = { site: 'school', device: 'box' };

test('what holds no address is passed on as it is', () => {
  const metrics = [metric('cpu', { host: 'box' }, { text: '12:34:56' })];
  expect(guard.clean(box, metrics).metrics).toBe(metrics);
});

test('an address in a measurement of another program becomes a pseudonym, in tags and texts', () => {
  const { metrics, replaced } = guard.clean(box, [
    metric('wireless_clients', { station: 'AA-BB-CC-00-11-22', host: 'ap' }, { log: 'aa:bb:cc:00:11:33 joined', n: 2 }),
  ]);
  expect(metrics).toEqual([
    metric(
      'wireless_clients',
      { station: 'pseudonym of 22 at school', host: 'ap' },
      { log: 'pseudonym of 33 at school joined', n: 2 },
    ),
  ]);
  expect(replaced).toBe(2);
});

test('the addresses of infrastructure stay: by the name of the value, of the device itself, and in measurements of devices', () => {
  const metrics = [
    metric('wifi', { bssid: 'aa:bb:cc:00:11:22', ap_mac: 'aa:bb:cc:00:11:23' }),
    metric('snmp', { ifPhysAddress: 'aa:bb:cc:00:11:24' }),
    metric('net', { hwaddr: '3C:22:FB:0A:1B:2C' }),
    metric('ipv6', {}, { addresses: '[{"mac":"aa:bb:cc:00:11:25"}]' }),
  ];
  expect(guard.clean(box, metrics).metrics).toEqual(metrics);
  expect(guard.clean({ site: 'school', device: 'other' }, [metrics[2]!]).replaced).toBe(1);
});

test('an address in a measurement of clients is refused, and the others of the message are not', () => {
  const hashed = metric('wifi_client', { client: '9f86d081884c7d65' });
  const cpu = metric('system', {});
  const { metrics, refused } = guard.clean(box, [cpu, metric('wifi_client', { client: 'aa:bb:cc:00:11:22' }), hashed]);
  expect([metrics, refused]).toEqual([[cpu, hashed], 1]);
});
