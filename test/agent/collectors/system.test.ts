import { describe, expect, test } from 'vitest';
import { parseLoadavg, parseUptime } from '../../../agent/collectors/system/load.ts';
import { parseMeminfo } from '../../../agent/collectors/system/meminfo.ts';
import { cpuPercentages, parseStat } from '../../../agent/collectors/system/stat.ts';
import { createSystem } from '../../../agent/collectors/system/system.ts';
import { chooseTemperature, parseMillidegrees, readTemperature } from '../../../agent/collectors/system/temperature.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { fixture, makeTree, noSignal } from '../tree.ts';

describe('parseStat', () => {
  test('reads each mode, the CPUs and the processes', () => {
    expect(parseStat(fixture('system/stat'))).toEqual({
      cpu: { user: 60021, nice: 1522, system: 83983, idle: 3444434, iowait: 4485, irq: 116, softirq: 1177, steal: 78 },
      cpuCount: 2,
      processesRunning: 3,
      processesBlocked: 2,
    });
  });

  test('takes the shorter lines of old kernels: what they do not count is unknown', () => {
    expect(parseStat('cpu  10 20 30 40\n')).toEqual({ cpu: { user: 10, nice: 20, system: 30, idle: 40 }, cpuCount: 0 });
  });

  test('a truncated line says what is missing and where', () => {
    expect(() => parseStat('cpu  6002 152')).toThrow(
      '/proc/stat line 1: expected at least 4 columns of CPU time, got "6002 152"',
    );
    expect(() => parseStat('')).toThrow('expected a line "cpu"');
    expect(() => parseStat('cpu 1 2 3 4\nprocs_running')).toThrow(
      'line 2: expected procs_running as a decimal count, got nothing',
    );
  });

  test('nonsense says what came', () => {
    expect(() => parseStat('cpu  6002 152 many 4\n')).toThrow(
      '/proc/stat line 1: expected system time as a decimal count, got "many"',
    );
    expect(() => parseStat('cpu  6002 -152 3 4\n')).toThrow('nice time');
    expect(() => parseStat('<html>\n')).toThrow('expected a line "cpu", got "<html>"');
  });
});

describe('cpuPercentages', () => {
  test('shares the ticks between two samples; a mode that ran backwards counts as none', () => {
    const before = parseStat(fixture('system/stat')).cpu;
    const now = parseStat(fixture('system/stat-later')).cpu;
    // 100 user, 20 nice, 50 system, 770 idle, −15 iowait, 10 irq, 10 softirq, 20 steal.
    const percent = cpuPercentages(before, now);
    expect(percent?.user).toBeCloseTo(10_000 / 980);
    expect(percent?.nice).toBeCloseTo(2000 / 980);
    expect(percent?.system).toBeCloseTo(5000 / 980);
    expect(percent?.idle).toBeCloseTo(77_000 / 980);
    expect(percent?.iowait).toBe(0);
    expect(percent?.steal).toBeCloseTo(2000 / 980);
  });

  test('is unknown when no time has passed', () => {
    const { cpu } = parseStat(fixture('system/stat'));
    expect(cpuPercentages(cpu, cpu)).toBeUndefined();
  });
});

describe('parseMeminfo', () => {
  test('reads kB as 1,024 bytes', () => {
    expect(parseMeminfo(fixture('system/meminfo'))).toEqual({
      total: 3884528 * 1024,
      free: 412316 * 1024,
      available: 2913396 * 1024,
      buffers: 101452 * 1024,
      cached: 2284856 * 1024,
      swapTotal: 524284 * 1024,
      swapFree: 393213 * 1024,
    });
  });

  test('refuses truncated and nonsense lines', () => {
    expect(() => parseMeminfo('MemTotal:        38845')).toThrow(
      '/proc/meminfo line 1: expected "MemTotal: <count> kB"',
    );
    expect(() => parseMeminfo('MemTotal: 12 kB\nMemFree:  lots kB\n')).toThrow(
      'line 2: expected MemFree as a decimal count, got "lots"',
    );
    expect(() => parseMeminfo('')).toThrow('expected a line "MemTotal"');
  });
});

describe('parseLoadavg and parseUptime', () => {
  test('read their numbers', () => {
    expect(parseLoadavg(fixture('system/loadavg'))).toEqual({ load1: 0.42, load5: 1.23, load15: 2.15 });
    expect(parseUptime(fixture('system/uptime'))).toBe(46901.13);
  });

  test.each(['', '0.42 1.23', 'up 3 days', '0.42 1.23 2.15 3/111'])('parseLoadavg refuses %j', (text) => {
    expect(() => parseLoadavg(text)).toThrow('/proc/loadavg line 1: expected three averages');
  });

  test.each(['', '46901.13', 'nonsense 1.0'])('parseUptime refuses %j', (text) => {
    expect(() => parseUptime(text)).toThrow('/proc/uptime line 1: expected two numbers of seconds');
  });
});

describe('temperature', () => {
  test('reads millidegrees and takes what no sensor can mean as unknown', () => {
    expect(parseMillidegrees('49925\n', 'x')).toBe(49.925);
    expect(parseMillidegrees('-5000\n', 'x')).toBe(-5);
    expect(parseMillidegrees('-44000\n', 'x')).toBeUndefined();
    expect(parseMillidegrees('-273200\n', 'x')).toBeUndefined();
    expect(() => parseMillidegrees('warm\n', '/sys/x/temp')).toThrow('/sys/x/temp line 1: expected millidegrees');
    expect(() => parseMillidegrees('', '/sys/x/temp')).toThrow('expected millidegrees');
  });

  test('prefers the processor, and the warmest of several', () => {
    const acpi = { name: 'acpitz', celsius: 27.8 };
    expect(chooseTemperature([acpi, { name: 'x86_pkg_temp', celsius: 55 }, { name: 'cpu-thermal', celsius: 61 }])).toBe(
      61,
    );
    expect(chooseTemperature([{ name: 'iwlwifi_1', celsius: 44 }, acpi])).toBe(27.8);
    expect(chooseTemperature([{ name: 'nvme Composite', celsius: 44 }])).toBeUndefined();
    expect(chooseTemperature([])).toBeUndefined();
  });

  test('reads thermal zones, and hwmon where there are none', async () => {
    const pi = makeTree({
      '/sys/class/thermal/cooling_device0/type': 'pwm-fan\n',
      '/sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
      '/sys/class/thermal/thermal_zone0/temp': '51540\n',
    });
    expect(await readTemperature(new LinuxHost({ root: pi }))).toBe(51.54);
    const server = makeTree({
      '/sys/class/hwmon/hwmon0/name': 'nvme\n',
      '/sys/class/hwmon/hwmon0/temp1_input': '33850\n',
      '/sys/class/hwmon/hwmon1/name': 'coretemp\n',
      '/sys/class/hwmon/hwmon1/temp1_input': '47000\n',
      '/sys/class/hwmon/hwmon1/temp1_label': 'Package id 0\n',
      '/sys/class/hwmon/hwmon1/temp1_max': '90000\n',
    });
    expect(await readTemperature(new LinuxHost({ root: server }))).toBe(47);
  });
});

describe('the system collector', () => {
  test('reports the machine, and CPU percentages from the second sample on', async () => {
    const files = {
      '/proc/stat': fixture('system/stat'),
      '/proc/meminfo': fixture('system/meminfo'),
      '/proc/loadavg': fixture('system/loadavg'),
      '/proc/uptime': fixture('system/uptime'),
      '/proc/1/stat': '',
      '/proc/20395/stat': '',
      '/proc/sys/x': '',
    };
    const collector = createSystem();
    const [first] = await collected(collector, files);
    expect(first?.fields).toMatchObject({
      cpu_count: 2,
      load5: 1.23,
      uptime_seconds: 46901.13,
      process_count: 2,
      process_running_count: 3,
      process_blocked_count: 2,
      memory_used_percent: 25.0,
      swap_used_percent: expect.closeTo(25.0, 3),
    });
    expect(first?.fields).not.toHaveProperty('cpu_usage_percent');
    expect(first?.fields['temperature_celsius']).toBeUndefined();
    const [second] = await collected(collector, { ...files, '/proc/stat': fixture('system/stat-later') });
    expect(second?.fields['cpu_usage_percent']).toBeCloseTo(100 - 77_000 / 980);
  });

  test('is not present without /proc', async () => {
    expect(await createSystem().collect(new LinuxHost({ root: makeTree({}) }), {}, noSignal)).toEqual({
      notPresent: '/proc is not mounted',
    });
  });
});

async function collected(collector: ReturnType<typeof createSystem>, files: Record<string, string>) {
  const result = await collector.collect(new LinuxHost({ root: makeTree(files) }), {}, noSignal);
  if ('notPresent' in result) throw new Error(result.notPresent);
  return result;
}
