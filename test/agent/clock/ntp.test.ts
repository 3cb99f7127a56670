import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ntpHoldsClock,
  parseNtpSynchronized,
  parseTracking,
  timesyncHasSynchronised,
} from '../../../agent/clock/ntp.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { makeTree, noSignal } from '../tree.ts';

const tracking =
  'C0A80001,192.168.0.1,3,1764000000.123456789,-0.000012000,0.000003000,0.000021000,-11.520,-0.002,0.050,0.011200000,0.001100000,64.2,Normal\n';

describe('timedatectl', () => {
  test('says yes or no, and nothing else', () => {
    expect([parseNtpSynchronized('yes\n'), parseNtpSynchronized('no\n')]).toEqual([true, false]);
    expect(() => parseNtpSynchronized('ye')).toThrow('timedatectl line 1: expected yes or no, got "ye"');
    expect(() => parseNtpSynchronized('NTPSynchronized=yes')).toThrow('expected yes or no');
  });
});

describe('chronyc', () => {
  test('follows a source, or not', () => {
    expect(parseTracking(tracking)).toBe(true);
    expect(parseTracking(tracking.replace('Normal', 'Insert second'))).toBe(true);
    expect(parseTracking(tracking.replace('Normal', 'Not synchronised'))).toBe(false);
    expect(parseTracking(tracking.replace('C0A80001,192.168.0.1', '00000000,'))).toBe(false);
    expect(parseTracking(tracking.replace('C0A80001,192.168.0.1,3', '7F7F0101,,10'))).toBe(false);
  });

  test('cut off or nonsense is an error that shows it', () => {
    expect(() => parseTracking(tracking.slice(0, 80))).toThrow(
      'chronyc -c tracking line 1: expected 14 fields, got "C0A80001',
    );
    expect(() => parseTracking('506 Cannot talk to daemon')).toThrow(
      'expected 14 fields, got "506 Cannot talk to daemon"',
    );
  });
});

describe('NTP', () => {
  test('has set the clock when systemd-timesyncd left its file', async () => {
    const host = (files: Record<string, string>) => new LinuxHost({ root: makeTree(files) });
    expect(await timesyncHasSynchronised(host({ '/run/systemd/timesync/synchronized': '' }))).toBe(true);
    expect(await timesyncHasSynchronised(host({}))).toBe(false);
  });

  /** This machine, with programs of the test in the place of its own. */
  class HostWithPrograms extends LinuxHost {
    readonly #dir: string;

    constructor(scripts: Record<string, string>) {
      super();
      this.#dir = makeTree(
        Object.fromEntries(Object.entries(scripts).map(([name, text]) => [`/${name}`, `#!/bin/sh\n${text}\n`])),
      );
      for (const name of Object.keys(scripts)) chmodSync(join(this.#dir, name), 0o755);
    }

    override run(command: string, args: readonly string[], options: Parameters<LinuxHost['run']>[2]) {
      return super.run(join(this.#dir, command), args, options);
    }
  }

  test.each<[string, Record<string, string>, boolean]>([
    ['the kernel says yes', { timedatectl: '[ "$*" = "show --property=NTPSynchronized --value" ] && echo yes' }, true],
    [
      'the kernel says no, whatever chrony says',
      { timedatectl: 'echo no', chronyc: `echo '${tracking.trim()}'` },
      false,
    ],
    [
      'timedatectl has no systemd, and chrony follows a source',
      { timedatectl: 'echo broken >&2; exit 1', chronyc: `echo '${tracking.trim()}'` },
      true,
    ],
    ['chrony does not run', { chronyc: 'echo "506 Cannot talk to daemon"; exit 1' }, false],
    ['there is neither', {}, false],
  ])('when %s', async (_case, scripts, expected) => {
    expect(await ntpHoldsClock(new HostWithPrograms(scripts), noSignal)).toBe(expected);
  });
});
