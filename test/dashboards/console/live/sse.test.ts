import { describe, expect, it } from 'vitest';
import { SseParser } from '../../../../dashboards/console/src/live/sse.ts';

const stream =
  'retry: 2000\n\n:\n\nevent: device\ndata: {"id":"room-101"}\n\nevent: alert\r\ndata: one\r\ndata:two\r\n\r\ndata: plain\n\n';
const events = [
  { type: 'device', data: '{"id":"room-101"}' },
  { type: 'alert', data: 'one\ntwo' },
  { type: 'message', data: 'plain' },
];

describe('SseParser', () => {
  it('reads a whole stream: types, several data lines, comments passed over', () => {
    expect(new SseParser().push(stream)).toEqual(events);
  });

  it('reads the same however the stream is cut', () => {
    for (const size of [1, 2, 3, 7, 20]) {
      const parser = new SseParser();
      const pieces = stream.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
      expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(events);
    }
  });

  it('holds back an event that is not complete', () => {
    const parser = new SseParser();
    expect(parser.push('event: alert\ndata: x\n')).toEqual([]);
    expect(parser.push('\n')).toEqual([{ type: 'alert', data: 'x' }]);
  });

  it('forgets the type after each event', () => {
    expect(new SseParser().push('event: a\n\ndata: x\n\n')).toEqual([{ type: 'message', data: 'x' }]);
  });
});
