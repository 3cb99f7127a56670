import { describe, expect, it } from 'vitest';
import { encodeConnect, encodePublish, encodeSubscribe, PacketReader } from './mqtt-packets.ts';

describe('MQTT packets', () => {
  it('are as MQTT 3.1.1 has them', () => {
    // §3.1, with user name and password; the flags are 0xc2.
    expect(
      encodeConnect({ clientId: 'a', username: 'u', password: 'p', keepAliveSeconds: 60 }).toString('latin1'),
    ).toBe('\x10\x13\0\x04MQTT\x04\xc2\0\x3c\0\x01a\0\x01u\0\x01p');
    expect(encodePublish('a/b', 'hello', 258).toString('latin1')).toBe('\x32\x0c\0\x03a/b\x01\x02hello');
    expect(encodeSubscribe('a/+', 1).toString('latin1')).toBe('\x82\x08\0\x01\0\x03a/+\x01');
  });

  it.each([1, 2, 3, 1000])('are read whole from pieces of %i bytes', (size) => {
    const payloads = ['', 'x', 'y'.repeat(127), 'z'.repeat(20_000)];
    const stream = Buffer.concat(payloads.map((payload, index) => encodePublish('t', payload, index + 1)));
    const read: string[] = [];
    const reader = new PacketReader((head, body) => read.push(`${head} ${body.toString('latin1', 5)}`));
    for (let offset = 0; offset < stream.length; offset += size) reader.feed(stream.subarray(offset, offset + size));
    expect(read).toEqual(payloads.map((payload) => `${0x32} ${payload}`));
  });
});
