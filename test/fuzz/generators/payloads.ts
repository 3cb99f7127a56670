import { integerBetween, type Random } from '../../support/random.ts';
import { mutated, pick } from './bytes.ts';

/** Channels that a device may publish on, with something sound for each. */
const sound: Readonly<Record<string, (now: number) => unknown>> = {
  telemetry: (now) => ({
    metrics: [{ name: 'projector', tags: { room: '101' }, fields: { lamp_hours: 812, on: true }, timestamp: now }],
  }),
  state: (now) => ({ online: true, since: now, boot: 'fuzzfuzz', version: '0.1.0' }),
  inventory: () => ({ type: 'DeviceMonitoring', general: { hostname: 'fuzz' }, resources: {}, interfaces: [] }),
  event: (now) => ({ class: 'other', time: now, summary: 'fuzz', boot: 'fuzzfuzz', seq: 1 }),
  reply: () => ({ command: 'time' }),
};
export const channelNames = Object.keys(sound);

/** Values that have broken parsers before. */
const evil: readonly unknown[] = [
  ...[null, true, '', '\u0000', '\ud800', 'x'.repeat(5000), -1, 0.1, 1e308, -1e308, Number.MAX_SAFE_INTEGER + 2],
  ...[
    [],
    {},
    [[[[[[[[[[]]]]]]]]]],
    { toString: 1 },
    { constructor: {} },
    { length: 1e9 },
    '__proto__',
    '{{7*7}}',
    "' OR 1=1 --",
  ],
];
/** Names that mean something to JavaScript, to SQL or to a path. */
const evilNames = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'a"b',
  "a'b",
  '../../etc/passwd',
  'x'.repeat(300),
  '\u202e',
  'NaN',
];

/** A payload for a channel: sound in outline, wrong somewhere, now and then down to its bytes. */
export function payload(random: Random, channel: string, now: number): Buffer {
  const value = structuredClone(sound[channel]?.(now) ?? {});
  const changes = integerBetween(random, 0, 3);
  for (let change = 0; change < changes; change += 1) spoil(random, value);
  const bytes = Buffer.from(deep(random) ?? JSON.stringify(value));
  return random() < 0.3 ? mutated(random, bytes) : bytes;
}

/** Now and then a text that nests deeper than a parser's stack may be. */
function deep(random: Random): string | undefined {
  return random() < 0.001 ? '['.repeat(20_000) : undefined;
}

/** Replaces, adds or removes something inside of a value. */
function spoil(random: Random, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const keys = Object.keys(value);
  const key = keys.length > 0 && random() < 0.8 ? pick(random, keys) : pick(random, evilNames);
  const inner: unknown = Reflect.get(value, key);
  if (typeof inner === 'object' && inner !== null && random() < 0.6) {
    spoil(random, inner);
    return;
  }
  if (random() < 0.15) Reflect.deleteProperty(value, key);
  else
    Object.defineProperty(value, key, {
      value: structuredClone(pick(random, evil)),
      enumerable: true,
      configurable: true,
      writable: true,
    });
}
