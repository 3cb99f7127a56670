import { describe, expect, test } from 'vitest';
import { bandOf } from '../../../../agent/collectors/cellular/bands.ts';
import { decodeCellular } from '../../../../agent/collectors/cellular/decode.ts';
import { parsePdpAddress } from '../../../../agent/collectors/cellular/standard/pdp-address.ts';

/** The fields of the modem that the agent would report from an answer. */
function fieldsOf(answer: string): Record<string, unknown> {
  const known = Object.entries(decodeCellular(answer).metrics[0]?.fields ?? {});
  return Object.fromEntries(known.filter(([name, value]) => value !== undefined && !/^(source|not_under)/.test(name)));
}

describe('registration (27.007 §7.2, §10.1.20, §10.1.22, §10.1.47)', () => {
  test.each([
    ['+CEREG: 2,1,"DE10","5A29C0B",7', { registration: 'home', technology: 'lte', tac: 'DE10', cell_id: '5A29C0B' }],
    [
      '+C5GREG: 2,5,"690E0F","009013B004",11,4,"01.000000"',
      { registration: 'roaming', technology: 'nr-sa', tac: '690E0F', cell_id: '9013B004' },
    ],
    ['+CREG: 1,84CD,00D30156', { registration: 'home', tac: '84CD', cell_id: 'D30156' }],
    ['+CGREG: 5,"0502","0404736D",2', { registration: 'roaming', technology: 'umts', tac: '502', cell_id: '404736D' }],
    ['+CEREG: 2,1,1F00,20,79D903,7', { registration: 'home', technology: 'lte', tac: '1F00', cell_id: '79D903' }],
    ['+CEREG: 4,5,"54DB","0F6B0578",7,,,"00100100","01000111"', { registration: 'roaming', technology: 'lte' }],
    ['+CREG: 0,9', { registration: 'home' }],
    ['+CEREG: 0,6', { registration: 'home-sms-only', registered: false }],
    ['+CEREG: 0,8', { registration: 'emergency-only', registered: false }],
    ['+CREG: 3', { registration: 'denied', registered: false }],
    ['+CEREG: 2,2,"0001","00000100",7', { registration: 'searching' }],
  ])('%s', (answer, fields) => expect(fieldsOf(answer)).toMatchObject(fields));

  test('the newest core that has the modem counts, and calls alone do not', () => {
    expect(fieldsOf('+C5GREG: 0,0\n+CEREG: 0,1\n+CREG: 0,3')).toMatchObject({ registration: 'home' });
    expect(fieldsOf('+CREG: 0,1\n+CEREG: 0,2')).toMatchObject({ registration: 'searching', registered: false });
  });

  test.each(['+CEREG: 2,17', '+CEREG:', '+CEREG: zwei'])('refuses %s', (answer) => {
    const { metrics, failures } = decodeCellular(answer);
    expect(metrics).toEqual([]);
    expect(failures).toEqual([expect.objectContaining({ code: 'parse_failed' })]);
  });
});

describe('signal (27.007 §8.5, §8.69)', () => {
  test.each([
    ['+CSQ: 0,99', { rssi_dbm: -113 }],
    ['+csq: 23,99', { rssi_dbm: -67 }],
    ['+CSQ: 31,0', { rssi_dbm: -51 }],
    ['+CSQ: 99,99', {}],
    ['+CESQ: 99,99,255,255,20,80', { rsrq_db: -10, rsrp_dbm: -61, technology: 'lte' }],
    ['+CESQ: 99,99,255,255,255,255,66,73,92', { rsrq_db: -10.5, rsrp_dbm: -84, sinr_db: 22.5, technology: 'nr-sa' }],
    ['+CESQ: 99,99,95,40,255,255', { rscp_dbm: -26, ecno_db: -4.5, technology: 'umts' }],
    ['+CESQ: 10,6,255,255,255,255', { rssi_dbm: -101, technology: 'gsm' }],
    ['+CESQ: 99,99,255,255,255,255', {}],
  ])('%s', (answer, fields) => {
    const { carrier_count: _count, ...rest } = fieldsOf(answer);
    expect(rest).toEqual(fields);
  });

  test('in EN-DC the anchor and NR are two carriers', () => {
    const { metrics } = decodeCellular('+CESQ: 99,99,255,255,17,49,66,73,92');
    expect(metrics.map(({ tags, fields }) => [tags['carrier'], fields['technology'], fields['rsrp_dbm']])).toEqual([
      [undefined, 'en-dc', -92],
      ['primary', 'lte', -92],
      ['secondary-1', 'nr', -84],
    ]);
  });

  test.each(['+CSQ: 55,99', '+CESQ: 99,99,255,255,35,98', '+CSQ: x,y'])('notes %s', (answer) => {
    expect(decodeCellular(answer).notUnderstood).not.toEqual([]);
    expect(decodeCellular(answer).metrics).toEqual([]);
  });
});

describe('operator and SIM (27.007 §7.3, §8.3, §9.2.1)', () => {
  test.each([
    ['+COPS: 0,0,"CHINA MOBILE",13', { operator: 'CHINA MOBILE', technology: 'en-dc' }],
    ['+COPS: 0,2,"46011",11', { operator_code: '46011', technology: 'nr-sa' }],
    ['+COPS: 0,0,"004D006F007600690073",7', { operator: 'Movis', technology: 'lte' }],
    ['+COPS: 0', {}],
    ['+COPS: (2,"CHINA MOBILE","CMCC","46000",7),,(0-4),(0-2)', {}],
    ['+CPIN: READY', { sim_state: 'ready' }],
    ['+CPIN: "SIM PIN"', { sim_state: 'pin-required' }],
    ['+CPIN: SIM PUK', { sim_state: 'puk-required' }],
    ['+CPIN: PH-NET PIN', { sim_state: 'locked' }],
    ['AT+CPIN?\n+CME ERROR: 10', { sim_state: 'absent' }],
    ['AT+CPIN?\n+CME ERROR: SIM not inserted', { sim_state: 'absent' }],
    ['AT+CPIN?\n+CME ERROR: 13', { sim_state: 'failed' }],
    ['AT+CPIN?\n+CME ERROR: 3', {}],
  ])('%s', (answer, fields) => expect(fieldsOf(answer)).toEqual(fields));
});

describe('addresses (27.007 §10.1.14, §10.1.23)', () => {
  test.each([
    ['10.5.116.238', { family: 4, address: '10.5.116.238' }],
    ['10.5.116.238.255.255.255.0', { family: 4, address: '10.5.116.238' }],
    ['36.9.138.77.0.0.0.0.0.0.0.0.0.0.0.1', { family: 6, address: '2409:8a4d::1' }],
    [`36.9.138.77.0.0.0.0.0.0.0.0.0.0.0.1${'.255'.repeat(8)}${'.0'.repeat(8)}`, { family: 6, address: '2409:8a4d::1' }],
    ['2409:8A4D:0000:0000:0000:0000:0000:0001', { family: 6, address: '2409:8a4d::1' }],
    ['2409:8A4D::1/64', { family: 6, address: '2409:8a4d::1' }],
    ['2409:8A4D::1 FFFF:FFFF:FFFF:FFFF::', { family: 6, address: '2409:8a4d::1' }],
    ['64:FF9B::192.0.2.33', { family: 6, address: '64:ff9b::c000:221' }],
    ['0.0.0.0', undefined],
    ['::', undefined],
    ['0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0', undefined],
    ['10.5.116', null],
    ['10.5.116.256', null],
    ['1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17', null],
    ['2409:8A4D:1', null],
    ['internet', null],
  ])('%s', (text, address) => expect(parsePdpAddress(text)).toEqual(address));

  test('a context has both families, and its name and name servers from another answer', () => {
    const fields = fieldsOf(
      '+CGPADDR: 1,"10.1.2.3","36.9.138.77.0.0.0.0.0.0.0.0.0.0.0.1"\n+CGPADDR: 2\n+CGPADDR: 3,0.0.0.0\n' +
        '+CGCONTRDP: 1,5,"cmnet","10.1.2.3.255.255.255.0","10.1.2.1","10.0.0.53","10.0.0.54"\n+CGACT: 1,1\n+CGACT: 2,0',
    );
    expect(fields).toMatchObject({ ipv4_address_count: 1, ipv6_address_count: 1, ipv6_addresses: '["2409:8a4d::1"]' });
    expect(JSON.parse(String(fields['pdp_contexts']))).toEqual([
      {
        cid: 1,
        apn: 'cmnet',
        active: true,
        ipv4: ['10.1.2.3'],
        ipv6: ['2409:8a4d::1'],
        dns: ['10.0.0.53', '10.0.0.54'],
      },
    ]);
  });

  test('the mask may stand apart from the address', () => {
    const fields = fieldsOf('+CGCONTRDP: 4,5,"net","2.197.17.49","255.255.255.255","2.197.17.50","10.207.43.46"');
    expect(JSON.parse(String(fields['pdp_contexts']))).toMatchObject([
      { ipv4: ['2.197.17.49'], dns: ['10.207.43.46'] },
    ]);
  });

  test('link-local addresses do not count, and none is not unknown', () => {
    expect(fieldsOf('+CGPADDR: 1,"254.128.0.0.0.0.0.0.0.0.0.37.88.136.248.1"')).toMatchObject({
      ipv6_address_count: 0,
    });
    expect(fieldsOf('+CGPADDR: 1,"0.0.0.0"')).toEqual({
      ipv4_address_count: 0,
      ipv4_addresses: '[]',
      ipv6_address_count: 0,
      ipv6_addresses: '[]',
    });
    expect(fieldsOf('+CGACT: 1,1')).toEqual({ pdp_contexts: '[{"cid":1,"active":true}]' });
  });

  test('notes what is no address', () => {
    const { notUnderstood } = decodeCellular('+CGPADDR: 1,"0.0.0.0.0.0.0.0.0.0.0.0.108.65.63.134.1"');
    expect(notUnderstood).toEqual([{ line: 1, field: '+CGPADDR address', value: expect.stringContaining('108.65') }]);
  });
});

describe('bandOf', () => {
  test.each([
    ['lte', 1650, undefined, 'B3'],
    ['lte', 38400, undefined, 'B39'],
    ['nr', 176190, '00101', undefined],
    ['nr', 504990, '46000', 'n41'],
    ['nr', 633984, '46011', 'n78'],
    ['nr', 633984, '26201', undefined],
    ['nr', 700000, undefined, 'n79'],
    ['nr', 999999, '46000', undefined],
    ['umts', 10700, '46001', undefined],
  ] as const)('%s %i of %s', (technology, arfcn, code, band) => expect(bandOf(technology, arfcn, code)).toBe(band));
});
