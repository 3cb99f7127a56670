import { encodeConnect, encodePuback, encodePublish, encodeSubscribe, pingRequest } from '../../faults/mqtt/packets.ts';
import { integerBetween, type Random } from '../../support/random.ts';
import { mutated, pick } from './bytes.ts';

/** A topic of a device's own, changed; the device stays the same mostly, for another's ends the connection at once. */
const oddTopics = [
  '',
  '/',
  '#',
  '+',
  '$SYS/x',
  'campus',
  'campus/v1',
  '\u0000',
  'a/'.repeat(300),
  'campus/v1/school/x/telemetry',
];

/** Packets as a client may send them once it is connected, each wrong in some byte or in its meaning. */
export function brokenPacket(random: Random, username: string): Buffer {
  const own = `campus/v1/${username}/telemetry`;
  const sound = [
    () => encodePublish(own, Buffer.from('{}'), integerBetween(random, 0, 65_535), random() < 0.5),
    () => encodePublish(pick(random, oddTopics), Buffer.from('x'), 1, false),
    () => encodeSubscribe(random() < 0.5 ? `campus/v1/${username}/command` : pick(random, oddTopics), 1, 1),
    () => encodePuback(integerBetween(random, 0, 65_535)),
    () => pingRequest,
    () => encodeConnect({ clientId: 'again', username, password: 'x', keepalive: 1 }),
    // Announces as much as MQTT allows, and sends little of it.
    () => Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x01]),
    // A length of five bytes, which there is not.
    () => Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    () => Buffer.from([integerBetween(random, 0, 255), 0x02, 0x00, 0x01]),
  ];
  return mutated(random, pick(random, sound)());
}

/** A CONNECT that is wrong in some byte. */
export function brokenConnect(random: Random): Buffer {
  const names = ['school/fuzz', '', 'x'.repeat(1000), '\u0000', '../..', "' OR 1=1"];
  const connect = encodeConnect({
    clientId: pick(random, ['c', '', 'x'.repeat(500)]),
    username: pick(random, names),
    password: pick(random, ['', 'wrong', 'x'.repeat(1000)]),
    keepalive: integerBetween(random, 0, 65_535),
  });
  return mutated(random, connect);
}
