import { describe, expect, it } from 'vitest';
import { parseIncoming } from '../../../flows/link/incoming.ts';

const NOW = 1_764_000_000_000;
/** Somebody listens for everything. */
const all = { wants: () => true, now: NOW };
const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const topic = 'campus/v1/school/room-1/';

const telemetry = { metrics: [{ name: 'system', tags: {}, fields: { load1: 1 }, timestamp: NOW }] };
const state = { online: true, since: 1, boot: 'b', version: '1' };
const event = { type: 'outbox-full', class: 'other', level: 4, summary: { 'zh-CN': '满', en: 'full' }, at: NOW };
const alert = {
  id: 'a1',
  site: 'school',
  device: 'room-1',
  rule: 'own',
  subject: '',
  state: 'open',
  class: 'other',
  level: 4,
  summary: { 'zh-CN': '', en: '' },
  evidence: {},
  raised_at: 1,
  updated_at: 1,
};

describe('a message of the gateway', () => {
  it.each([
    ['telemetry', telemetry],
    ['state', state],
    ['event', event],
  ])('on the channel %s is read', (channel, payload) => {
    expect(parseIncoming(topic + channel, bytes(payload), all)).toEqual({
      channel,
      topic: topic + channel,
      site: 'school',
      device: 'room-1',
      payload,
    });
  });

  it('holds the points that somebody listens for, which may be none, and only those are looked at', () => {
    const points = ['system', 'disk'].map((name) => ({ name, tags: {}, fields: { value: 1 }, timestamp: NOW }));
    const broken = { name: 'other', tags: 7 };
    const payload = bytes({ metrics: [...points, broken], boot: 'abcdefgh', seq: 3 });
    const read = (wanted: string[]) =>
      parseIncoming(`${topic}telemetry`, payload, { wants: (name) => wanted.includes(name), now: NOW });
    expect(read(['disk', 'ipv6'])).toMatchObject({ payload: { metrics: [points[1]], boot: 'abcdefgh', seq: 3 } });
    expect(read([])).toMatchObject({ device: 'room-1', payload: { metrics: [] } });
    expect(read(['other'])).toMatchObject({ code: 'wrong_shape' });
  });

  it('about an alert is read, and so is its removal', () => {
    const about = { channel: 'alerts', topic: 'campus/v1/school/alerts/a1', site: 'school', id: 'a1' };
    expect(parseIncoming(about.topic, bytes(alert), all)).toEqual({ ...about, payload: alert });
    expect(parseIncoming(about.topic, bytes(''), all)).toEqual({ ...about, payload: undefined });
  });

  it.each(['telemetry', 'state', 'event'])(
    'on the channel %s is refused with a reason when it breaks the contract',
    (channel) => {
      expect(parseIncoming(topic + channel, bytes('{'), all)).toMatchObject({ code: 'not_json' });
      expect(parseIncoming(topic + channel, bytes({ online: 1 }), all)).toMatchObject({ code: 'wrong_shape' });
      expect(parseIncoming(topic + channel, Buffer.from([0xff]), all)).toMatchObject({ code: 'not_utf8' });
    },
  );

  it.each(['inventory', 'reply', 'command', 'nonsense'])('on the channel %s is none of our business', (channel) => {
    expect(parseIncoming(topic + channel, bytes(state), all)).toBeUndefined();
  });

  it('that only removes what the broker remembers of a device is none either', () => {
    const removed = { channel: 'state', topic: `${topic}state`, site: 'school', device: 'room-1' };
    expect(parseIncoming(`${topic}state`, bytes(''), all)).toEqual({ ...removed, payload: undefined });
    expect(parseIncoming(`${topic}telemetry`, bytes(''), all)).toBeUndefined();
  });
});
