import { describe, expect, test } from 'vitest';
import { parseDialogue } from '../../../../agent/collectors/cellular/at/dialogue.ts';
import { AtExchange } from '../../../../agent/collectors/cellular/at/exchange.ts';
import { LineSplitter } from '../../../../agent/collectors/cellular/at/lines.ts';
import { parseFinalResult } from '../../../../agent/collectors/cellular/at/result.ts';
import { Row } from '../../../../agent/collectors/cellular/at/row.ts';
import { withoutIdentities } from '../../../../agent/collectors/cellular/identities.ts';

describe('LineSplitter', () => {
  test('gives lines whole, whatever ends them and wherever the pieces part', () => {
    const text = 'AT+CSQ\r\r\n+CSQ: 23,99\r\n\r\nOK\r\n+CREG: 1\n';
    const whole = new LineSplitter().push(text);
    expect(whole).toEqual(['AT+CSQ', '+CSQ: 23,99', 'OK', '+CREG: 1']);
    const splitter = new LineSplitter();
    expect([...text].flatMap((character) => splitter.push(character))).toEqual(whole);
  });

  test('does not keep more than a line of noise', () => {
    const splitter = new LineSplitter();
    const lines = Array.from({ length: 20 }, () => splitter.push('x'.repeat(1000))).flat();
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(4096);
  });
});

describe('parseFinalResult', () => {
  test.each(['ERROR', '+CME ERROR: 10', '+CME ERROR: SIM not inserted', '+CMS ERROR: 500', 'COMMAND NOT SUPPORT'])(
    '%s fails',
    (line) => expect(parseFinalResult(line)).toEqual({ ok: false, text: line }),
  );
  test('OK ends well, and other lines end nothing', () => {
    expect(parseFinalResult('OK')).toEqual({ ok: true });
    for (const line of ['+CSQ: 1,99', 'OKAY', 'NO CARRIER', '+CME']) expect(parseFinalResult(line)).toBeUndefined();
  });
});

describe('AtExchange', () => {
  const hear = (exchange: AtExchange, ...lines: string[]): string[] => lines.map((line) => exchange.accept(line));

  test('tells echo, answer, end and what the modem says by itself apart', () => {
    const exchange = new AtExchange('AT+CSQ');
    expect(hear(exchange, 'AT+CSQ', '+CREG: 5', 'RING', '+csq: 23,99', '^RSSI: 12', 'OK')).toEqual([
      ...['echo', 'unsolicited', 'unsolicited', 'information', 'unsolicited', 'end'],
    ]);
    expect(exchange.lines).toEqual([{ text: '+csq: 23,99', number: 1 }]);
    expect(exchange.result).toEqual({ ok: true });
  });

  test('takes bare lines where the command answers so, and below a list', () => {
    const identify = new AtExchange('AT+CGMM');
    expect(hear(identify, 'RM520N-GL', '+QIND: "csq",1,99', 'OK')).toEqual(['information', 'unsolicited', 'end']);
    const list = new AtExchange('AT+GTCCINFO?');
    expect(hear(list, 'stray', '+GTCCINFO:', '1,4,460,01', 'OK')).toEqual([
      ...['unsolicited', 'information', 'information', 'end'],
    ]);
  });

  test('passes over the OK of an earlier command where an answer must have a line', () => {
    const exchange = new AtExchange('AT+CMEE?', { needsInformation: true });
    expect(hear(exchange, 'OK', '+CMEE: 1', 'OK')).toEqual(['unsolicited', 'information', 'end']);
  });
});

describe('parseDialogue', () => {
  test('parts answers by their echo, with the lines of the file', () => {
    const replies = parseDialogue('AT+CSQ\r\r\n+CSQ: 23,99\r\n\r\nOK\r\nat+cpin?\r\n+CME ERROR: 10\r\n');
    expect(replies).toEqual([
      { command: 'AT+CSQ', lines: [{ text: '+CSQ: 23,99', number: 2 }], result: { ok: true } },
      { command: 'at+cpin?', lines: [], result: { ok: false, text: '+CME ERROR: 10' } },
    ]);
  });

  test('parts them by their ends without echo, and leaves a cut one open', () => {
    const replies = parseDialogue('+CSQ: 23,99\nOK\n+COPS: 0');
    expect(replies.map(({ command, result }) => [command, result])).toEqual([
      [undefined, { ok: true }],
      [undefined, undefined],
    ]);
  });

  test('finds the dialogue in the log of a connection manager', () => {
    const log = '[01-02_03:04:05:678] AT> AT+CSQ\nnoise: 1\n[01-02_03:04:05:680] AT< +CSQ: 9,99\n[x] AT< OK\nOK';
    expect(parseDialogue(log)).toEqual([
      { command: 'AT+CSQ', lines: [{ text: '+CSQ: 9,99', number: 3 }], result: { ok: true } },
    ]);
  });
});

describe('Row', () => {
  const row = (text: string): Row => new Row('+X', text, { text: `+X: ${text}`, number: 4 });

  test('takes parameters apart: quoted ones with commas, empty ones, blanks', () => {
    expect(row('1, "a, b" ,,"",-').parameters.map(({ text }) => text)).toEqual(['1', 'a, b', '', '', '-']);
    expect(row('1,2').parameters.map(({ quoted }) => quoted)).toEqual([false, false]);
  });

  test('what is unknown is absent, what is wrong is noted', () => {
    const read = row('-,-32768,99,7,abc,300,FFFFFFF,00FFFFFFF,001A');
    const bounds = { least: 0, greatest: 31, unknown: [99] };
    expect([0, 1, 2, 3, 4, 5].map((index) => read.number(index, 'level', bounds))).toEqual([
      ...[undefined, undefined, undefined, 7, undefined, undefined],
    ]);
    expect([6, 7, 8].map((index) => read.hex(index, 'cell'))).toEqual([undefined, undefined, '1A']);
    expect(read.notUnderstood).toEqual([
      { line: 4, field: '+X level', value: 'abc' },
      { line: 4, field: '+X level', value: '300' },
    ]);
  });

  test('refuses a quote that does not end, and too few parameters', () => {
    expect(() => row('0,"CHINA MOB')).toThrow('+X line 4: expected a quote that ends, got "+X: 0,\\"CHINA MOB"');
    expect(() => row('0').needs(2)).toThrow('+X line 4: expected at least 2 parameters, got "+X: 0"');
  });

  test('shows no identity in what it notes', () => {
    expect(row('460012345678901').number(0, 'level', { least: 0, greatest: 9 })).toBeUndefined();
    expect(withoutIdentities('IMEI 869900001234567, ICCID 8986001234567890123F, -104 dBm')).toBe(
      'IMEI …, ICCID …, -104 dBm',
    );
  });
});
