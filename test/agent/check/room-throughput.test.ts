import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roomThroughput } from '../../../agent/check/room-throughput.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import type { RoomCheckArguments } from '../../../contract/room-check.ts';
import type { ThroughputResult } from '../../../contract/throughput.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { noSignal } from '../tree.ts';

const fixtures = join(import.meta.dirname, '../fixtures/throughput');
const granted: RoomCheckArguments = {
  throughput: {
    ...{ host: '127.0.0.1', port: 5201, families: ['ipv4', 'ipv6'], directions: ['up', 'down'] },
    ...{ bytes: 1_000_000, seconds: 5 },
  },
};

/** The throughput of a check on a machine whose `iperf3` is this script of the shell; without one it has none. */
function onMachine(args: RoomCheckArguments, { script, enabled = true }: { script?: string; enabled?: boolean } = {}) {
  const programs = temporaryDirectory();
  if (script !== undefined) {
    writeFileSync(join(programs, 'iperf3'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, 'iperf3'), 0o755);
  }
  const measured: ThroughputResult[] = [];
  const throughput = roomThroughput(args, {
    ...{ host: new LinuxHost({ programs }), gateway: 'mqtts://192.0.2.1:8883', enabled },
    measured: (result) => void measured.push(result),
  });
  const measure = async (family: 'ipv4' | 'ipv6') =>
    typeof throughput === 'function' ? throughput(family, { signal: noSignal, tell: () => undefined }) : throughput;
  return { measure, measured };
}

const print = (name: string): string => `while IFS= read -r line; do echo "$line"; done < ${fixtures}/${name}.json`;

test('is measured as it was granted, and kept with the other measurements', async () => {
  const script = `case "$*" in *--reverse*) ${print('down')};; *) ${print('up')};; esac`;
  const { measure, measured } = onMachine(granted, { script });
  const outcome = await measure('ipv4');
  const [up = 0, down = 0] = measured[0]?.legs.map(({ bits_per_second = 0 }) => bits_per_second / 1e6) ?? [];
  expect(outcome).toEqual({ upMbitPerSecond: up, downMbitPerSecond: down });
  expect(Math.min(up, down)).toBeGreaterThan(0);
  expect(up).not.toBe(down);
});

test('is not measured to a server that has no address in the family', async () => {
  expect(await onMachine(granted, { script: print('up') }).measure('ipv6')).toBe('no-address');
});

describe('is left out, with what to do', () => {
  test.each([
    ['where iperf3 is missing', granted, {}, /^iperf3 is missing/, /apt install iperf3/],
    ['where it is switched off', granted, { enabled: false }, /switched off/, /agent\.throughput\.enabled/],
    [
      'on the own machine of the gateway',
      { throughput_refused: 'same_machine' },
      {},
      /the gateway itself/,
      /gateway\.throughput\.server/,
    ],
    [
      'where the gateway lacks iperf3',
      { throughput_refused: 'program_missing' },
      {},
      /^iperf3 is missing/,
      /apt install iperf3/,
    ],
    [
      'where the gateway does not offer it',
      { throughput_refused: 'command_unsupported' },
      {},
      /switched off/,
      /gateway\.throughput\.enabled/,
    ],
    [
      'where the gateway cannot listen',
      { throughput_refused: 'port_taken' },
      {},
      /cannot measure now/,
      /the log of the gateway/,
    ],
  ] as const satisfies [string, RoomCheckArguments, object, RegExp, RegExp][])(
    '%s',
    async (_where, args, machine, reason, hint) => {
      const outcome = await onMachine(args, machine).measure('ipv4');
      const words = (text: RegExp) => ({ en: expect.stringMatching(text), 'zh-CN': expect.stringMatching(/[一-龥]/) });
      expect(outcome).toMatchObject({ reason: words(reason), hint: words(hint) });
    },
  );
});
