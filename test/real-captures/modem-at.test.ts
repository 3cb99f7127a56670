import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeCellular } from '../../agent/collectors/cellular/decode.ts';
import type { Decoded } from '../../agent/decode/decoded.ts';

const captures = join(import.meta.dirname, '../../../shared/fixtures');
const present = existsSync(join(captures, 'modem-at'));
if (!present) console.log(`skipped: the captures of other modems are not here (${captures})`);

const read = (path: string): string => readFileSync(join(captures, path), 'utf8');

type Fields = Record<string, unknown>;

/** The fields of the modem's own point, and of each carrier. */
function reportOf(text: string): { modem: Fields; carriers: Fields[]; decoded: Decoded } {
  const decoded = decodeCellular(text);
  const [modem, ...carriers] = decoded.metrics.map(({ fields }) => fields);
  return { modem: modem ?? {}, carriers, decoded };
}

/** The bytes that a modem sent, kept in hexadecimal beside the command. */
function rawReply(path: string): string {
  const { response_hex: hex } = JSON.parse(read(path)) as { response_hex: string };
  return Buffer.from(hex, 'hex').toString('latin1');
}

describe.skipIf(!present)('dialogues with modems elsewhere', () => {
  test('Quectel RG500Q in EN-DC, without a blank behind a prefix', () => {
    const { modem, carriers } = reportOf(read('modem-at/issue-derived/rg500q-nsa-n41.txt'));
    expect(modem).toMatchObject({ technology: 'en-dc', operator: 'TST', operator_code: '00101' });
    expect(carriers).toMatchObject([
      { technology: 'lte', band: 'B1', arfcn: 150, pci: 1, rsrp_dbm: -89, rsrq_db: -13, rssi_dbm: -58, tac: '1AB2' },
      { technology: 'nr', band: 'n41', arfcn: 528030, pci: 832, rsrp_dbm: -76, sinr_db: 21, rsrq_db: -11 },
    ]);
  });

  test('Quectel RM5xx in SA, with a blank behind a comma', () => {
    expect(reportOf(read('modem-at/issue-derived/rm5xx-sa-n78.txt')).modem).toMatchObject({
      ...{ technology: 'nr-sa', band: 'n78', arfcn: 620640, pci: 538, cell_id: '1A0B2C0D1', tac: '1F2E3' },
      ...{ rsrp_dbm: -109, rsrq_db: -12, sinr_db: 14, bandwidth_mhz: 100, operator: 'TEST' },
    });
  });

  test('Quectel RG500Q has a sensor that is not there', () => {
    const { modem } = reportOf(read('modem-at/issue-derived/rg500q-qtemp.txt'));
    expect(modem['temperature_celsius']).toBe(50);
    expect(JSON.parse(String(modem['temperatures']))).toHaveLength(13);
  });

  test('Fibocom FM350 in SA, with levels out of range', () => {
    const { modem, decoded } = reportOf(read('modem-at/issue-derived/fm350-sa-n5.txt'));
    expect(modem).toMatchObject({
      ...{ technology: 'nr-sa', band: 'n5', arfcn: 176190, pci: 524, cell_id: '4D5E6F701', tac: '1A2B3C' },
      ...{ rsrp_dbm: -99, bandwidth_mhz: 15, neighbour_count: 3 },
    });
    expect(decoded.notUnderstood.map(({ value }) => value)).toEqual(['396', '657']);
  });

  test('TD Tech MT5700M on LTE and NR', () => {
    expect(reportOf(read('modem-at/mt5700m/lte-b39.txt')).modem).toMatchObject({
      ...{ technology: 'lte', band: 'B39', pci: 8, cell_id: 'D975244', tac: '24C8', rsrp_dbm: -85, rssi_dbm: -54 },
      ...{ operator_code: '46000', sinr_db: 13 },
    });
    expect(reportOf(read('modem-at/mt5700m/nr-n41.txt')).modem).toMatchObject({
      ...{ technology: 'nr-sa', band: 'n41', pci: 0x80, cell_id: 'C2840C002', tac: '149002' },
      ...{ rsrp_dbm: -65, rsrq_db: -9, sinr_db: 29, subcarrier_spacing_khz: 30 },
    });
  });

  test('Quectel RM520N with carrier aggregation, and its neighbours', () => {
    const { modem, carriers } = reportOf(read('modem-at/vjt-rm520n/transcript-1.txt'));
    expect(modem).toMatchObject({ model: 'RM520N-GL', operator: 'I TIM', operator_code: '22201', technology: 'en-dc' });
    expect(carriers.map(({ band, pci, rsrp_dbm }) => [band, pci, rsrp_dbm])).toEqual([
      ['B1', 280, -99],
      ['B3', 240, -95],
      ['n78', 920, -96],
    ]);
    expect(reportOf(read('modem-at/vjt-rm520n/transcript-3.txt')).modem['neighbour_count']).toBe(8);
  });

  test('Quectel RM500U agrees with what another project reads from it, where that is right', () => {
    const directory = 'modem-at/qmodem-rm500u-cnv';
    const all = readdirSync(join(captures, directory)).filter(
      (name) => name.startsWith('AT') && name.endsWith('.json'),
    );
    const { modem } = reportOf(all.map((name) => rawReply(`${directory}/${name}`)).join(''));
    const { modem_info: info } = JSON.parse(read(`${directory}/expected/cell_info.json`)) as {
      modem_info: { key: string; value: string }[];
    };
    const expected = Object.fromEntries(info.map(({ key, value }) => [key, value]));
    expect(modem).toMatchObject({
      technology: 'nr-sa',
      operator_code: `${expected['MCC']}${expected['MNC']}`,
      tac: expected['TAC'],
      cell_id: expected['Cell ID'],
      pci: Number(expected['Physical Cell ID']),
      arfcn: Number(expected['ARFCN']),
      band: `n${expected['Band']}`,
      rsrp_dbm: Number(expected['RSRP']),
      rsrq_db: Number(expected['RSRQ']),
      sinr_db: Number(expected['SINR']),
      model: 'RM500U-CNV',
      sim_state: 'ready',
      ipv4_addresses: '["10.5.116.238"]',
      neighbour_count: 1,
      tx_bits_per_second: 250,
    });
  });

  test('the log of a connection manager: the last answers count, other programs’ lines do not', () => {
    const { modem, decoded } = reportOf(read('modem-at/quectel-cm-log/ecm_ncm_rndis.txt'));
    expect(modem).toMatchObject({
      ...{ technology: 'nr-sa', operator: 'CHINA MOBILE', operator_code: '46000', registration: 'home', rsrp_dbm: -48 },
      ...{ ipv4_addresses: '["10.25.16.79"]', firmware: 'RG801HEAAAR03A01M8G' },
    });
    expect(JSON.stringify(decoded)).not.toMatch(/\d{14}/);
  });

  test.each(['get_cell_id', 'get_cell_id_gprs', 'get_cell_id_lte'])('%s agrees with another parser', (name) => {
    const cases = JSON.parse(read(`modem-at/moler/${name}.json`)) as {
      output: string;
      result: Record<string, string>;
    }[];
    for (const { output, result } of cases) {
      const { modem, decoded } = reportOf(output);
      expect(decoded.failures, output).toEqual([]);
      const stat = Number(result['stat']);
      expect(modem['registered'], output).toBe([1, 5, 9, 10].includes(stat));
      expect(modem['roaming'], output).toBe([5, 7, 10].includes(stat));
      if (stat !== 11) expect(modem['cell_id'], output).toBe(result['ci']?.replace(/^0+/, ''));
    }
  });

  test('570 answers of many modems are read, passed over or named, and none is a surprise', () => {
    const names = readdirSync(join(captures, 'modem-at/modemmanager')).filter((name) => name.endsWith('.tsv'));
    let answers = 0;
    for (const line of names.flatMap((name) => read(`modem-at/modemmanager/${name}`).trim().split('\n'))) {
      const escaped = line.slice(line.indexOf('\t') + 1).replaceAll('\\"', '"');
      const { failures } = decodeCellular(escaped.replaceAll('\\r', '\r').replaceAll('\\n', '\n'));
      expect(failures.map(({ code }) => code).filter((code) => code !== 'parse_failed')).toEqual([]);
      answers += 1;
    }
    expect(answers).toBeGreaterThan(500);
  });

  test('mmcli', () => {
    expect(reportOf(read('netjson-telegraf/mmcli/lte_sample.txt')).carriers).toMatchObject([
      { technology: 'lte', rsrp_dbm: -92, rsrq_db: -9, rssi_dbm: -64, sinr_db: 19.2 },
    ]);
    expect(reportOf(read('netjson-telegraf/mmcli/umts_sample.txt')).carriers).toMatchObject([
      { technology: 'umts', rscp_dbm: -96, ecno_db: -3.5 },
    ]);
    const { modem, decoded } = reportOf(read('netjson-telegraf/mmcli/modem_data.txt'));
    expect(modem).toMatchObject({
      model: 'EM12-G',
      operator: 'OperatorName',
      registration: 'home',
      technology: 'umts',
    });
    expect(JSON.stringify(decoded)).not.toMatch(/8697|"0{15}/);
  });
});
