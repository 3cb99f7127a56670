import { describe, expect, test } from 'vitest';
import { decodeCellular } from '../../../../agent/collectors/cellular/decode.ts';
import type { Decoded } from '../../../../agent/decode/decoded.ts';
import { fixture } from '../../tree.ts';

const decode = (name: string): Decoded => decodeCellular(fixture(`cellular/${name}.txt`));

/** The known fields of each carrier. */
function carriersOf({ metrics }: Decoded): Record<string, unknown>[] {
  return metrics
    .filter(({ name }) => name === 'cellular_carrier')
    .map(({ fields }) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
}

describe('Quectel', () => {
  test('EN-DC: the anchor, a second carrier of LTE, and NR', () => {
    const decoded = decode('quectel-en-dc');
    expect(decoded).toMatchObject({ notUnderstood: [], failures: [] });
    expect(carriersOf(decoded)).toEqual([
      {
        ...{ technology: 'lte', band: 'B3', arfcn: 1650, pci: 211, cell_id: 'A1B2C3D', tac: '2F1A', bandwidth_mhz: 20 },
        ...{ duplex: 'fdd', rsrp_dbm: -91, rsrq_db: -11, sinr_db: 14, rssi_dbm: -63 },
      },
      {
        ...{ technology: 'lte', band: 'B1', arfcn: 100, pci: 87, bandwidth_mhz: 15 },
        ...{ rsrp_dbm: -95, rsrq_db: -13, sinr_db: 9, rssi_dbm: -68 },
      },
      {
        ...{ technology: 'nr', band: 'n78', arfcn: 627264, pci: 512, bandwidth_mhz: 100, subcarrier_spacing_khz: 30 },
        ...{ rsrp_dbm: -84, rsrq_db: -10, sinr_db: 23 },
      },
    ]);
    const neighbours = JSON.parse(String(decoded.metrics[0]?.fields['neighbours']));
    expect(neighbours).toEqual([
      { technology: 'lte', arfcn: 1650, pci: 212, band: 'B3', rsrp_dbm: -99, rsrq_db: -15, rssi_dbm: -71 },
    ]);
  });

  test('NR alone, on a chip that prints MHz and two columns more', () => {
    expect(carriersOf(decode('quectel-sa'))).toEqual([
      {
        ...{ technology: 'nr', band: 'n78', arfcn: 633984, pci: 702, cell_id: 'D30E21002', tac: '14A0F1' },
        ...{ bandwidth_mhz: 100, subcarrier_spacing_khz: 30, duplex: 'tdd' },
        ...{ rsrp_dbm: -89, rsrq_db: -8, sinr_db: 15, rssi_dbm: -72 },
      },
    ]);
  });

  test.each([
    [
      '+QCAINFO: "SCC",504990,12,"NR5G BAND 41",2,80,0,-,-,-80,-11,1350',
      { pci: 80, rsrp_dbm: -80, rsrq_db: -11, sinr_db: 13.5 },
    ],
    [
      '+QCAINFO: "SCC",504990,12,"NR5G BAND 41",80,-81,-12,1250',
      { pci: 80, rsrp_dbm: -81, rsrq_db: -12, sinr_db: 12.5 },
    ],
    [
      '+QENG: "servingcell","NOCONN","LTE","TDD",460,00,5D1C2A3,8,38400,39,3,3,24C8,-97,-9,-70,3,-,-,20',
      { band: 'B39', bandwidth_mhz: 10, sinr_db: -14 },
    ],
    [
      '+QENG: "servingcell","NOCONN","WCDMA",460,01,D5D5,8054BBF,10713,87,1,-88,-6,-,-,-,-,-',
      { technology: 'umts', rscp_dbm: -88, ecno_db: -6, tac: 'D5D5' },
    ],
  ])('%s', (answer, fields) => expect(carriersOf(decodeCellular(answer))[0]).toMatchObject(fields));

  test('absent levels and sensors are absent', () => {
    const sa = '+QENG: "servingcell","NOCONN","NR5G-SA","TDD",460,00,170C23000,901,46550B,504990,41,-,-32768,-,16,-,-';
    expect(carriersOf(decodeCellular(sa))[0]).not.toHaveProperty('rsrp_dbm');
    expect(decodeCellular('+QTEMP:"pa3","-273"').metrics).toEqual([]);
    expect(decodeCellular('+QTEMP: 35,34,33').metrics[0]?.fields).toMatchObject({ temperature_celsius: 35 });
  });

  test('bytes and rates go the way the manual says', () => {
    expect(decodeCellular('+QGDCNT: 3832,4618').metrics[0]?.fields).toMatchObject({ tx_bytes: 3832, rx_bytes: 4618 });
    expect(decodeCellular('+QNWCFG: "up/down",2056,384,2').metrics[0]?.fields).toMatchObject({
      tx_bits_per_second: 2056,
      rx_bits_per_second: 384,
    });
  });
});

describe('Fibocom', () => {
  test('Qualcomm’s chips print channel and PCI in hexadecimal', () => {
    const decoded = decode('fibocom-fm160');
    expect(decoded).toMatchObject({ notUnderstood: [], failures: [] });
    expect(carriersOf(decoded)).toEqual([
      {
        ...{ technology: 'lte', band: 'B3', arfcn: 1650, pci: 484, cell_id: '52BF338', tac: '4F51', bandwidth_mhz: 20 },
        ...{ rsrp_dbm: -78, rsrq_db: -8, sinr_db: 22 },
      },
      { technology: 'lte', band: 'B1', arfcn: 100, pci: 163, bandwidth_mhz: 15, rsrp_dbm: -89 },
    ]);
    expect(JSON.parse(String(decoded.metrics[0]?.fields['neighbours']))).toMatchObject([{ pci: 210, rsrp_dbm: -100 }]);
  });

  test('MediaTek’s in decimal; levels out of range are noted, and dBm counts before an index', () => {
    const decoded = decode('fibocom-fm350');
    expect(carriersOf(decoded)).toEqual([
      {
        ...{ technology: 'lte', band: 'B3', arfcn: 1300, pci: 402, cell_id: '52BF01', tac: '4F52', bandwidth_mhz: 15 },
        ...{ rsrp_dbm: -83, rsrq_db: -9.5, sinr_db: 7 },
      },
      {
        ...{ technology: 'nr', band: 'n78', arfcn: 636648, pci: 143, bandwidth_mhz: 100 },
        ...{ rsrp_dbm: -90, rsrq_db: -12.5, sinr_db: 19 },
      },
    ]);
    expect(decoded.notUnderstood).toEqual([{ line: 6, field: '+GTCCINFO ssRsrp', value: '396' }]);
  });
});

describe('Huawei and TD Tech', () => {
  test('NR: PCI and area code are hexadecimal, the levels direct', () => {
    const decoded = decode('huawei-nr');
    expect(decoded).toMatchObject({ notUnderstood: [], failures: [] });
    expect(carriersOf(decoded)).toEqual([
      {
        ...{ technology: 'nr', band: 'n41', arfcn: 504990, pci: 436, cell_id: 'C2D05E003', tac: '14A0F1' },
        ...{ subcarrier_spacing_khz: 30, rsrp_dbm: -71, rsrq_db: -11, sinr_db: 21 },
      },
    ]);
    expect(decoded.metrics[0]?.fields).toMatchObject({ neighbour_count: 2, ipv6_addresses: '["2409:8a4d:c10::1"]' });
  });

  test('LTE: SINR comes from the indices alone', () => {
    expect(carriersOf(decode('huawei-lte'))).toEqual([
      {
        ...{ technology: 'lte', band: 'B39', arfcn: 38400, pci: 8, cell_id: '5D1C2A3', tac: '24C9' },
        ...{ rsrp_dbm: -93, rsrq_db: -9, sinr_db: 8, rssi_dbm: -61 },
      },
    ]);
  });

  test.each([
    ['^HCSQ: "LTE",66,55,166,18', { rssi_dbm: -55, rsrp_dbm: -86, sinr_db: 13, rsrq_db: -11 }],
    ['^HCSQ: NR,77,241,255', { rsrp_dbm: -64, sinr_db: 28 }],
    ['^HCSQ: "WCDMA",30,31,58', { rssi_dbm: -91, rscp_dbm: -90, ecno_db: -3.5 }],
  ])('%s', (answer, fields) => expect(carriersOf(decodeCellular(answer))[0]).toMatchObject(fields));

  test('addresses with the first byte last', () => {
    const { metrics } = decodeCellular('^DHCP: 0700000A,00FFFFFF,0100000A,0100000A,3500000A,0,236800,118400');
    expect(metrics[0]?.fields).toMatchObject({ ipv4_addresses: '["10.0.0.7"]', rx_limit_bits_per_second: 236800 });
  });
});

describe('answers cut short or of nonsense', () => {
  test.each([
    '+QENG: "servingcell","NOCONN","NR5G-SA","TDD",460,11,760BF',
    '+QENG: "servingcell","NOCONN","6G"',
    '+QCAINFO: "PCC",633984',
    '+QCAINFO: "PCC",633984,100,"BAND 78",1',
    '+QNWINFO: "FDD LTE","46001"',
    '+GTCCINFO:\n1,9,460,00,1490',
    '+GTCCINFO:\n7,7,7,7,7,7,7,7,7,7,7,7,7,7',
    '+GTCAINFO:\nSCC 1:2,1,101',
    '^HCSQ: "LTE",66',
    '^HCSQ: "6G",1,2,3',
    '^MONSC: NR,460,00,504990,1,C2D05E003',
    '^SYSINFOEX: 2,3,0',
  ])('%s is an error with its place', (answer) => {
    const { metrics, failures } = decodeCellular(answer);
    expect(metrics).toEqual([]);
    expect(failures).toEqual([expect.objectContaining({ code: 'parse_failed' })]);
    expect(failures[0]?.message).toMatch(/line \d+: expected .*, got /);
  });

  test.each(['quectel-en-dc', 'quectel-sa', 'fibocom-fm160', 'fibocom-fm350', 'huawei-nr', 'huawei-lte'])(
    '%s may end anywhere, or be garbled anywhere',
    (name) => {
      const text = fixture(`cellular/${name}.txt`);
      for (let at = 0; at < text.length; at += 7) {
        const cut = decodeCellular(text.slice(0, at));
        for (const { code } of cut.failures) expect(['parse_failed', 'modem_refused']).toContain(code);
        decodeCellular(`${text.slice(0, at)}"\u0001,,\r${text.slice(at + 3)}`);
      }
    },
  );
});
