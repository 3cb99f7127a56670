import { describe, expect, it } from 'vitest';
import {
  alertRequestTopic,
  alertTopic,
  type Channel,
  channels,
  channelTopic,
  parseTopic,
} from '../../contract/topics.ts';

describe('topics', () => {
  it('parses back every topic that it builds', () => {
    for (const channel of Object.keys(channels) as Channel[]) {
      expect(parseTopic(channelTopic('school', 'room-101', channel))).toEqual({
        kind: 'channel',
        site: 'school',
        device: 'room-101',
        channel,
      });
    }
    expect(parseTopic(alertTopic('school', 'a1'))).toEqual({ kind: 'alert', site: 'school', id: 'a1' });
    expect(parseTopic(alertRequestTopic('school'))).toEqual({ kind: 'alert-request', site: 'school' });
  });

  it.each([
    '',
    '/',
    'campus',
    'campus/v1',
    'campus/v1/school/room/telemetry/more',
    'campus/v1/school/room',
    'campus/v2/school/room/telemetry',
    'campus/v1/School/room/telemetry',
    'campus/v1/school/room 1/telemetry',
    'campus/v1/school/../telemetry',
    'campus/v1//room/telemetry',
    'campus/v1/+/room/telemetry',
    'campus/v1/school/#',
    'campus/v1/school/room/toString',
    'campus/v1/school/room/__proto__',
    `campus/v1/${'s'.repeat(64)}/room/telemetry`,
    'campus/v1/school/alerts/telemetry/x',
    'campus/v1/school/flows/telemetry',
    '$SYS/campus/v1/school/room',
  ])('takes %j for no topic of the contract', (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });
});
