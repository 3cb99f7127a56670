import { spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Collected, CollectedMetric } from '../../../agent/collector.ts';
import { createCellular } from '../../../agent/collectors/cellular/cellular.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { fixture, makeTree } from '../../agent/tree.ts';
import { until } from '../../support/until.ts';
import { answersIn, PtyModem, type PtyModemOptions } from './pty-modem.ts';

const QUECTEL = '2c7c';

/** A machine with one modem in the USB port 1-1.3, without a port yet. */
function machine(vendorId = QUECTEL): string {
  const device = '/sys/bus/usb/devices/1-1.3';
  return makeTree({
    [`${device}/idVendor`]: `${vendorId}\n`,
    [`${device}/devnum`]: '7\n',
    [`${device}/1-1.3:1.4/net/wwan0/ifindex`]: '9\n',
    '/sys/class/net/wwan0/statistics/rx_bytes': '5000\n',
    '/sys/class/net/wwan0/statistics/tx_bytes': '700\n',
    '/dev/null': '',
  });
}

/** Adds a port of the modem to the machine, and the modem behind it. */
async function plugIn(
  tree: string,
  options: PtyModemOptions,
  { name = 'ttyUSB2', number = 2 } = {},
): Promise<PtyModem> {
  const directory = join(tree, 'sys/class/tty');
  mkdirSync(directory, { recursive: true });
  const target = `../../devices/platform/usb1/1-1/1-1.3/1-1.3:1.${number}/${name}/tty/${name}`;
  symlinkSync(target, join(directory, name));
  mkdirSync(join(tree, `sys/bus/usb/devices/1-1.3:1.${number}`), { recursive: true });
  symlinkSync('../../../../bus/usb/drivers/option', join(tree, `sys/bus/usb/devices/1-1.3:1.${number}/driver`));
  return PtyModem.plugIn(join(tree, 'dev', name), options);
}

function removePort(tree: string, name: string): void {
  rmSync(join(tree, 'sys/class/tty', name));
  rmSync(join(tree, 'dev', name), { force: true });
}

/** A collector on that machine; each call takes a sample. */
function collectorOn(
  tree: string,
  ports: string[] = [],
  monotonicMs: () => number = () => performance.now(),
): () => Promise<Collected> {
  const collector = createCellular();
  const host = new LinuxHost({ root: tree, monotonicMs });
  return () => collector.collect(host, { ports }, AbortSignal.timeout(8000));
}

function pointsOf(result: Collected): CollectedMetric[] {
  if ('notPresent' in result) throw new Error(result.notPresent);
  return 'failures' in result ? result.metrics : result;
}

/** The errors of a sample, as `code message`. */
function errorsOf(result: Collected): string[] {
  if (!('failures' in result)) return [];
  return result.failures.map((error) => `${'code' in error ? error.code : ''} ${error.message}`);
}

const modemOf = (result: Collected): CollectedMetric['fields'] => pointsOf(result)[0]?.fields ?? {};
const dialogue = (name: string): Map<string, string> => answersIn(fixture(`cellular/${name}.txt`));

describe('the cellular collector at a modem', () => {
  test('reports Quectel in EN-DC: registration, every carrier, addresses of both families, temperature', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: dialogue('quectel-en-dc') });
    let later = 0;
    const collect = collectorOn(tree, [], () => performance.now() + later);
    const result = await collect();
    expect(errorsOf(result)).toEqual([]);
    expect(pointsOf(result).map(({ name, tags }) => ({ name, ...tags }))).toEqual([
      { name: 'cellular', modem: '1-1.3' },
      { name: 'cellular_carrier', modem: '1-1.3', carrier: 'primary' },
      { name: 'cellular_carrier', modem: '1-1.3', carrier: 'secondary-1' },
      { name: 'cellular_carrier', modem: '1-1.3', carrier: 'secondary-2' },
    ]);
    expect(modemOf(result)).toMatchObject({
      source: 'at',
      manufacturer: 'Quectel',
      model: 'RM520N-GL',
      firmware: 'RM520NGLAAR01A08M4G',
      sim_state: 'ready',
      registration: 'home',
      technology: 'en-dc',
      operator: 'CHN-UNICOM',
      operator_code: '46001',
      band: 'B3',
      rsrp_dbm: -91,
      ipv4_addresses: '["10.21.32.43"]',
      ipv6_addresses: '["240e:7e:32a1:eca:18ca:b5ea:e4e9:a2ca"]',
      temperature_celsius: 47,
      interface: 'wwan0',
      rx_bytes: 5000,
      rx_limit_bits_per_second: 300e6,
      not_understood_count: 0,
    });
    expect(modem.greatestPending).toBe(1);

    // The second sample asks for what changes, and knows the rest.
    writeFileSync(join(tree, 'sys/class/net/wwan0/statistics/rx_bytes'), '105000\n');
    later = 30_000;
    const before = modem.commands.length;
    const second = modemOf(await collect());
    expect(second).toMatchObject({ model: 'RM520N-GL', rx_bytes: 105_000 });
    expect(second['rx_bits_per_second']).toBeGreaterThan(0);
    expect(modem.commands.slice(before)).not.toContain('AT+CGMM');
  });

  test('never asks for an identity of the SIM or the modem', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: dialogue('quectel-en-dc') });
    const result = await collectorOn(tree)();
    expect(modem.commands.filter((command) => /CGSN|CIMI|CCID|CNUM|ATI|EGMR/.test(command))).toEqual([]);
    expect(JSON.stringify(result)).not.toMatch(/\d{14,}/);
  });

  test.each([
    [
      'quectel-sa',
      QUECTEL,
      { technology: 'nr-sa', registration: 'roaming', band: 'n78', rsrp_dbm: -89, cell_id: 'D30E21002' },
    ],
    ['fibocom-fm160', '2cb7', { technology: 'lte', band: 'B3', arfcn: 1650, pci: 484, temperature_celsius: 46.5 }],
    ['fibocom-fm350', '0e8d', { technology: 'en-dc', band: 'B3', arfcn: 1300, pci: 402, rsrp_dbm: -83 }],
    ['huawei-nr', '3466', { technology: 'nr-sa', band: 'n41', pci: 436, sinr_db: 21, temperature_celsius: 45.1 }],
    ['huawei-lte', '12d1', { technology: 'lte', band: 'B39', registration: 'roaming', sinr_db: 8 }],
  ])('reports %s', async (name, vendorId, fields) => {
    const tree = machine(vendorId);
    if (name.startsWith('huawei')) {
      mkdirSync(join(tree, 'sys/bus/usb/devices/1-1.3:1.2'), { recursive: true });
      writeFileSync(join(tree, 'sys/bus/usb/devices/1-1.3:1.2/bInterfaceProtocol'), '12\n');
    }
    await plugIn(tree, { answers: dialogue(name) });
    const result = await collectorOn(tree)();
    expect(errorsOf(result)).toEqual([]);
    expect(modemOf(result)).toMatchObject(fields);
  });

  test('bears echo that does not end, and what the modem says by itself', async () => {
    const tree = machine();
    const answers = dialogue('quectel-en-dc');
    const said = '+CREG: 5,"FFFE","1",7\r\nRING\r\n+QIND: "csq",3,99\r\n^RSSI: 1';
    await plugIn(tree, { answers, stubborn: true, interjection: said });
    const result = await collectorOn(tree)();
    expect(errorsOf(result)).toEqual([]);
    expect(modemOf(result)).toMatchObject({
      registration: 'home',
      tac: '2F1A',
      rssi_dbm: -63,
      not_understood_count: 0,
    });
  });

  test('a slow modem reports what it gets to, and is not asked two things at once', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: dialogue('quectel-en-dc'), delayMs: 450 });
    const result = await collectorOn(tree)();
    expect(modemOf(result)).toMatchObject({ sim_state: 'ready', registration: 'home' });
    expect(modem.greatestPending).toBe(1);
  });

  test('tells a missing SIM, a PIN, and no service', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: new Map([['AT+CPIN?', '+CME ERROR: 10']]) });
    const collect = collectorOn(tree);
    expect(modemOf(await collect())).toMatchObject({ sim_state: 'absent' });
    modem.become({ answers: new Map([['AT+CPIN?', '+CPIN: SIM PIN\nOK']]) });
    expect(modemOf(await collect())).toMatchObject({ sim_state: 'pin-required' });
    const searching = new Map([
      ['AT+CPIN?', '+CPIN: READY\nOK'],
      ['AT+CEREG?', '+CEREG: 2,2\nOK'],
      ['AT+QENG="servingcell"', '+QENG: "servingcell","SEARCH"\nOK'],
      ['AT+COPS?', '+COPS: 0\nOK'],
      ['AT+CSQ', '+CSQ: 99,99\nOK'],
    ]);
    modem.become({ answers: searching });
    expect(modemOf(await collect())).toMatchObject({ registration: 'searching', registered: false });
  });
});

describe('the cellular collector at a modem in trouble', () => {
  test('one that does not answer is an error, and the next answer is not taken for an earlier one', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: dialogue('quectel-en-dc'), silent: true });
    const collect = collectorOn(tree);
    const silent = await collect();
    expect(errorsOf(silent)).toEqual([
      expect.stringMatching(/^modem_silent .*ttyUSB2: no answer to ATE0V1 within 1500 ms$/),
    ]);
    expect(pointsOf(silent)).toEqual([]);
    // What it should have said before comes now, in the middle of the next dialogue.
    modem.become({ silent: false });
    const [result] = await Promise.all([
      collect(),
      Promise.resolve(modem.say('\r\nOK\r\n\r\n+CSQ: 3,99\r\n\r\nOK\r\n')),
    ]);
    expect(errorsOf(result)).toEqual([]);
    expect(modemOf(result)).toMatchObject({ registration: 'home', model: 'RM520N-GL', rsrp_dbm: -91 });
  });

  test('truncated and nonsense answers are errors with a place, and the rest is reported', async () => {
    const tree = machine();
    const answers = dialogue('quectel-en-dc');
    answers.set('AT+QENG="servingcell"', '+QENG: "servingcell","NOCONN","NR5G-SA","TDD",460,01,9013\nOK');
    answers.set('AT+CSQ', '+CSQ: \u0007\u00ff?\nOK');
    answers.set('AT+COPS?', '+COPS: 0,0,"CHN-UNI\nOK');
    await plugIn(tree, { answers });
    const result = await collectorOn(tree)();
    expect(errorsOf(result)).toEqual([
      'parse_failed +COPS line 1: expected a quote that ends, got "+COPS: 0,0,\\"CHN-UNI"',
      expect.stringMatching(/^parse_failed \+QENG line 1: expected at least 15 parameters, got/),
      expect.stringMatching(/^parse_failed \+CSQ line 1: expected at least 2 parameters, got/),
    ]);
    expect(modemOf(result)).toMatchObject({ registration: 'home', band: 'B3', arfcn: 1650 });
  });

  test('endless noise ends with an error in time', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: new Map(), silent: true });
    const noise = setInterval(() => modem.say(`$GPGSV,${'0123456789,'.repeat(200)}`), 5);
    onTestFinished(() => clearInterval(noise));
    expect(errorsOf(await collectorOn(tree)())).toEqual([expect.stringContaining('modem_silent')]);
  });

  test('tries the next port when one speaks no AT, and remembers the one that does', async () => {
    const tree = machine();
    const deaf = await plugIn(tree, { answers: new Map(), silent: true }, { name: 'ttyUSB2', number: 2 });
    await plugIn(tree, { answers: dialogue('quectel-sa') }, { name: 'ttyUSB3', number: 3 });
    const collect = collectorOn(tree);
    expect(modemOf(await collect())).toMatchObject({ technology: 'nr-sa' });
    expect(deaf.commands).toEqual(['ATE0V1']);
    expect(modemOf(await collect())).toMatchObject({ technology: 'nr-sa' });
    expect(deaf.commands).toEqual(['ATE0V1']);
  });

  test('goes on at another port after the modem was pulled out and plugged in', async () => {
    const tree = machine();
    const first = await plugIn(tree, { answers: dialogue('quectel-en-dc'), delayMs: 100 });
    const collect = collectorOn(tree);
    const sampling = collect();
    await until('the dialogue', () => first.commands.length > 5);
    await first.unplug();
    const torn = await sampling;
    expect(errorsOf(torn)).toEqual([expect.stringMatching(/^serial_failed .*ttyUSB2: .*was it unplugged\?$/)]);
    removePort(tree, 'ttyUSB2');
    renameSync(join(tree, 'sys/bus/usb/devices/1-1.3'), join(tree, 'sys/bus/usb/devices/gone'));
    expect(await collect()).toEqual({ notPresent: 'no 4G or 5G modem on USB or PCIe' });

    renameSync(join(tree, 'sys/bus/usb/devices/gone'), join(tree, 'sys/bus/usb/devices/1-1.3'));
    writeFileSync(join(tree, 'sys/bus/usb/devices/1-1.3/devnum'), '8\n');
    rmSync(join(tree, 'sys/bus/usb/devices/1-1.3:1.2'), { recursive: true });
    const second = await plugIn(tree, { answers: dialogue('quectel-en-dc') }, { name: 'ttyUSB6', number: 2 });
    const result = await collect();
    expect(errorsOf(result)).toEqual([]);
    expect(pointsOf(result)[0]?.tags).toEqual({ modem: '1-1.3' });
    // It is another run of the modem: it is set up and asked who it is again.
    expect(second.commands).toContain('AT+CGMM');
  });

  test('leaves a port alone that another program has locked', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: dialogue('quectel-sa') });
    const other = spawn('flock', ['--exclusive', modem.path, 'sleep', '60'], { stdio: 'ignore', detached: true });
    const end = (): void => void (other.pid !== undefined && process.kill(-other.pid, 'SIGKILL'));
    onTestFinished(() => (other.signalCode === null ? end() : undefined));
    const collect = collectorOn(tree);
    const busy = await until('the lock', async () => {
      const result = await collect();
      return errorsOf(result).length > 0 && result;
    });
    expect(errorsOf(busy)).toEqual([expect.stringMatching(/^serial_busy .*ttyUSB2: process \d+ uses it/)]);
    const before = modem.commands.length;
    await collect();
    expect(modem.commands).toHaveLength(before);
    const exited = new Promise((resolve) => other.once('exit', resolve));
    end();
    await exited;
    expect(modemOf(await collect())).toMatchObject({ technology: 'nr-sa' });
  });

  test('holds the port for itself while it asks, and not in between', async () => {
    const tree = machine();
    const modem = await plugIn(tree, { answers: dialogue('quectel-sa'), delayMs: 100 });
    const sampling = collectorOn(tree)();
    await until('the dialogue', () => modem.commands.length > 2);
    expect(await tryLock(modem.path)).toBe(false);
    await sampling;
    expect(await tryLock(modem.path)).toBe(true);
  });

  test('a configured port needs no sysfs, and its absence is told', async () => {
    const tree = makeTree({ '/dev/null': '' });
    const collect = collectorOn(tree, ['/dev/modem0']);
    expect(await collect()).toEqual({ notPresent: 'no such port: /dev/modem0' });
    await PtyModem.plugIn(join(tree, 'dev/modem0'), { answers: dialogue('quectel-sa') });
    expect(pointsOf(await collect())[0]).toMatchObject({ tags: { modem: 'modem0' }, fields: { technology: 'nr-sa' } });
  });

  test('of two modems, one that fails does not hide the other', async () => {
    const tree = makeTree({ '/dev/null': '' });
    await PtyModem.plugIn(join(tree, 'dev/modem0'), { answers: new Map(), silent: true });
    await PtyModem.plugIn(join(tree, 'dev/modem1'), { answers: dialogue('quectel-sa') });
    const result = await collectorOn(tree, ['/dev/modem0', '/dev/modem1'])();
    expect(errorsOf(result)).toEqual([expect.stringContaining('modem_silent')]);
    expect(pointsOf(result)[0]?.tags).toEqual({ modem: 'modem1' });
  });
});

/** True when this test could lock the port. */
function tryLock(path: string): Promise<boolean> {
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  const trial = spawn('flock', ['--nonblock', '--exclusive', '3'], { stdio: ['ignore', 'ignore', 'ignore', held] });
  return new Promise((resolve) => {
    trial.once('exit', (code) => {
      closeSync(held);
      resolve(code === 0);
    });
  });
}
