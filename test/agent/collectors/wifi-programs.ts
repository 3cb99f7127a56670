import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createWifi, type WifiOptions } from '../../../agent/collectors/wifi/wifi.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { makeTree, noSignal } from '../tree.ts';

/** What a program does for its arguments, as a line of shell; anything else is wrong use. */
export type Behaviour = Record<string, string>;

const fixtures = join(import.meta.dirname, '../fixtures/wifi');
/** Prints a fixture. */
export const show = (name: string): string => `/bin/cat '${join(fixtures, name)}'`;
/** Fails as iw does. */
export const fail = (message: string): string => `echo '${message}' >&2; exit 161`;

/** A machine with radios, and programs in place of those that ask the kernel: real processes that this test wrote. */
export function machine(files: Record<string, string>, programs: Record<string, Behaviour>) {
  const directory = temporaryDirectory();
  const calls = join(directory, 'calls');
  writeFileSync(calls, '');
  const path = join(directory, 'programs');
  mkdirSync(path);
  const install = (name: string, behaviour: Behaviour): void => {
    const cases = Object.entries(behaviour).map(([args, line]) => `  '${args}') ${line} ;;`);
    const usage = '  *) echo "Usage" >&2; exit 1 ;;';
    const script = ['#!/bin/sh', `echo "${name} $*" >> '${calls}'`, 'case "$*" in', ...cases, usage, 'esac', ''];
    writeFileSync(join(path, name), script.join('\n'));
    chmodSync(join(path, name), 0o755);
  };
  for (const [name, behaviour] of Object.entries(programs)) install(name, behaviour);
  let now = 0;
  const host = new LinuxHost({ root: makeTree(files), programs: path, monotonicMs: () => now });
  return {
    host,
    path,
    install,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** What was run since it was asked last. */
    calls: (): string[] => {
      const lines = readFileSync(calls, 'utf8').split('\n').slice(0, -1);
      writeFileSync(calls, '');
      return lines;
    },
  };
}

/** A collector whose clients are called by the end of their address. */
export function wifiOf(host: LinuxHost, options: Partial<WifiOptions> & { sockets?: string } = {}) {
  const {
    sockets = '/var/run/hostapd',
    pseudonym = (mac) => `client of ${mac.slice(-2)}`,
    directory = '/tmp',
  } = options;
  const collector = createWifi({ pseudonym, directory });
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return {
    collect: (signal: AbortSignal = noSignal) => collector.collect(host, { hostapd_directory: sockets }, signal),
    collector,
  };
}
