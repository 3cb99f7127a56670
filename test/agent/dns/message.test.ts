import { encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { encodeQuestion, parseDnsAnswer, type Question } from '../../../agent/dns/message.ts';

const ID = 0x1234;
const question: Question = { name: 'portal.school.example', type: 'A' };

/** An answer as RFC 1035 §4.1 lays it out, octet by octet: two addresses behind an alias, names compressed. */
const answer = Buffer.from(
  [
    '1234 8180 0001 0003 0000 0000',
    '06706f7274616c 067363686f6f6c 076578616d706c65 00 0001 0001',
    'c00c 0005 0001 0000003c 0005 02 6c62 c013',
    'c033 0001 0001 0000003c 0004 c6336402',
    'c033 0001 0001 0000003c 0004 c6336403',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

const reply = (packet: Packet): Buffer => encode({ type: 'response', id: ID, questions: [question], ...packet });

describe('a question', () => {
  test('asks for recursion and offers datagrams of 1,232 bytes', () => {
    const bytes = Buffer.from(encodeQuestion(ID, { name: '.', type: 'NS' })).toString('hex');
    expect(bytes).toBe(`123401000001000000000001${'00'}00020001${'00'}002904d0000000000000`);
  });
});

describe('an answer', () => {
  test('has its code and the addresses behind an alias', () => {
    expect(parseDnsAnswer(answer, ID, question)).toEqual({
      rcode: 'NOERROR',
      records: ['198.51.100.2', '198.51.100.3'],
    });
  });

  test.each([
    [2, 'SERVFAIL'],
    [3, 'NXDOMAIN'],
    [5, 'REFUSED'],
    [11, 'RCODE11'],
  ])('with code %i is %s', (flags, rcode) => {
    expect(parseDnsAnswer(reply({ flags }), ID, question)).toEqual({ rcode, records: [] });
  });

  test('is taken whatever the case of the name, and when it was cut off', () => {
    const shouting = reply({ flags: TRUNCATED_RESPONSE, questions: [{ name: 'PORTAL.school.EXAMPLE', type: 'A' }] });
    expect(parseDnsAnswer(shouting, ID, question)).toEqual({ rcode: 'NOERROR', records: [] });
  });

  test.each([
    ['another number', reply({ id: ID + 1 })],
    ['another name', reply({ questions: [{ name: 'other.school.example', type: 'A' }] })],
    ['another type', reply({ questions: [{ name: question.name, type: 'AAAA' }] })],
    ['no question', reply({ questions: [] })],
    ['a question in place of an answer', reply({ type: 'query' })],
    ['its end cut off', answer.subarray(0, -6)],
    ['nothing of DNS', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['nothing', Buffer.alloc(0)],
  ])('with %s is none', (_what, message) => {
    expect(parseDnsAnswer(message, ID, question)).toBeUndefined();
  });
});
