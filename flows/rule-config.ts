import { type Static, type TProperties, Type } from '#typebox';

const number = (description: string) => Type.Optional(Type.Number({ description }));
const bounded = (minimum: number, maximum: number, unit: string) =>
  Type.Optional(Type.Number({ minimum, maximum, description: `${unit}, ${minimum} to ${maximum}` }));
const whole = (minimum: number, maximum: number, unit: string) =>
  Type.Optional(Type.Integer({ minimum, maximum, description: `${unit}, ${minimum} to ${maximum}` }));
const seconds = (minimum = 0, maximum = 86_400) => bounded(minimum, maximum, 'seconds');

/** The keys of one rule: what is absent is as the rule ships. */
const rule = <P extends TProperties>(properties: P) =>
  Type.Object(
    { enabled: Type.Optional(Type.Boolean({ description: 'true or false' })), ...properties },
    { additionalProperties: false, default: {} },
  );

const times = { for_seconds: seconds(), clear_for_seconds: seconds() };
const above = (unit: string) => rule({ raise: number(unit), clear: number(`${unit}, at most raise`), ...times });
const below = (unit: string) => rule({ raise: number(unit), clear: number(`${unit}, at least raise`), ...times });
const percent = above('percent, 0 to 100');
const lasting = rule(times);
const share = <P extends TProperties>(properties: P) =>
  rule({
    ...properties,
    raise: bounded(0, 100, 'percent of the devices'),
    clear: bounded(0, 100, 'percent of the devices, at most raise'),
    least_devices: whole(2, 10_000, 'devices'),
    ...times,
  });

/** `flows.rules`, by the id of the rule. */
export const rulesConfig = Type.Object(
  {
    'device-offline': rule({ hold_seconds: seconds(), timeout_seconds: seconds(5) }),
    'many-devices-offline': share({}),
    'disk-nearly-full': percent,
    'inodes-nearly-used': percent,
    'disk-full-forecast': rule({
      limit: number('percent, 0 to 100'),
      raise: bounded(0, 3650, 'days left'),
      clear: bounded(0, 3650, 'days left, at least raise'),
      window_seconds: seconds(3600, 2_592_000),
    }),
    'memory-pressure': percent,
    'cpu-busy': percent,
    'temperature-high': above('°C'),
    'link-down': lasting,
    'link-flapping': rule({
      raise: whole(2, 60, 'changes'),
      clear: whole(0, 59, 'changes, less than raise'),
      window_seconds: seconds(10),
    }),
    'link-saturated': percent,
    'link-errors-rising': above('errors a second'),
    'traffic-unusual': rule({
      raise: bounded(1, 100, 'deviations from the usual'),
      clear: bounded(0, 100, 'deviations from the usual, at most raise'),
      least_spread: bounded(0, 1e12, 'bit/s that a deviation is at least'),
      learn_weeks: whole(1, 4, 'weeks'),
      utc_offset_hours: bounded(-12, 14, 'hours ahead of UTC'),
      ...times,
    }),
    'ipv6-lost': lasting,
    'ipv6-mtu-black-hole': lasting,
    'path-lost': lasting,
    'path-loss': percent,
    'path-slow': above('ms'),
    'lesson-quality-poor': below('MOS, 1 to 4.5'),
    'many-rooms-losing-packets': share({ limit: number('percent of packets, 0 to 100') }),
    'resolver-failing': lasting,
    'resolver-wrong': lasting,
    'lease-running-out': below('seconds'),
    'throughput-low': below('bit/s'),
    'wifi-channel-busy': percent,
    'wifi-signal-weak': below('dBm'),
    'cellular-signal-weak': below('dBm'),
    'cellular-unregistered': lasting,
    'collector-failing': lasting,
    'samples-given-up': rule({
      raise: number('measurements, 0 or more'),
      clear: number('measurements, at most raise'),
      window_seconds: seconds(10),
    }),
  },
  { additionalProperties: false, default: {} },
);
export type RuleOverrides = Static<typeof rulesConfig>;
