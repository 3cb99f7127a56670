import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { deviceSettings, deviceUri, settingsKinds } from '../../contract/device-settings.ts';

const ca = '-----BEGIN CERTIFICATE-----\nMIIBaa==\n-----END CERTIFICATE-----\n';
const input = {
  host: 'gateway.local',
  port: 8883,
  username: 'school/sensor-7',
  password: 'p_a-s',
  topic: 'campus/v1/school/sensor-7/telemetry',
  ca,
};

it.each(settingsKinds)('settings for %s hold everything that a device needs', (kind) => {
  const text = deviceSettings(kind, input);
  for (const part of ['gateway.local', '8883', 'school/sensor-7', 'p_a-s', input.topic, 'MIIBaa==']) {
    expect(text).toContain(part);
  }
});

it('the settings for ESPHome are YAML that keeps the certificate whole and publishes nowhere else', () => {
  const { mqtt } = parse(deviceSettings('esphome', input), {
    customTags: [{ tag: '!lambda', resolve: (value: string) => value }],
  });
  expect(mqtt).toMatchObject({
    broker: 'gateway.local',
    port: 8883,
    topic_prefix: null,
    log_topic: null,
    discovery: false,
  });
  expect(mqtt.certificate_authority).toBe(ca);
});

it('an address of IPv6 stands in brackets where a URL needs them', () => {
  expect(deviceUri({ ...input, host: '2001:db8::1' })).toBe(
    'mqtts://school%2Fsensor-7:p_a-s@[2001:db8::1]:8883/campus/v1/school/sensor-7/telemetry',
  );
  expect(deviceSettings('telegraf', { ...input, host: '2001:db8::1' })).toContain('"mqtts://[2001:db8::1]:8883"');
});
