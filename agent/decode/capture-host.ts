import type { ConnectOutcome, Host } from '../host/host.ts';

/** A machine of which one file is known, as somebody captured it: all else is absent, and nothing of this machine is looked at. */
export function captureHost(path: string, text: string): Host {
  const absent = async (): Promise<undefined> => undefined;
  return {
    readFile: async (asked) => (asked === path ? text : undefined),
    readDir: absent,
    readLink: absent,
    fileMode: absent,
    statfs: absent,
    run: absent,
    connect: async (): Promise<ConnectOutcome> => 'failed',
    openUdp: () => Promise.reject(new Error('a capture has no network')),
    visit: () => Promise.reject(new Error('a capture has no network')),
    lookup: async () => [],
    openSerial: absent,
    monotonicMs: () => 0,
    now: () => 0,
  };
}
