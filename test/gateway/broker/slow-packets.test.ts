import type { Client } from 'aedes';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SlowPackets } from '../../../gateway/broker/slow-packets.ts';

function setup() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const held = new Set<Client>();
  const ended: Client[] = [];
  const slow = new SlowPackets({
    packetMs: 60_000,
    isHeld: (client) => held.has(client),
    tooSlow: (client) => void ended.push(client),
    now: () => performance.now(),
  });
  return { slow, held, ended };
}

/** All that is looked at of a client: whether it is gone. */
const someClient = (): Client => ({ closed: false }) as Client;

test('a client whose packet does not end in time is ended, one that goes on is not', () => {
  const { slow, ended } = setup();
  const [stuck, lively] = [someClient(), someClient()];
  slow.unfinished(stuck);
  for (let turn = 0; turn < 9; turn += 1) {
    slow.unfinished(stuck);
    slow.unfinished(lively);
    vi.advanceTimersByTime(8000);
    slow.ended(lively);
  }
  expect(ended).toEqual([stuck]);
  vi.advanceTimersByTime(200_000);
  expect(ended).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a client that the gateway does not read is not the slow one', () => {
  const { slow, held, ended } = setup();
  const client = someClient();
  held.add(client);
  slow.unfinished(client);
  vi.advanceTimersByTime(200_000);
  expect(ended).toEqual([]);
  held.delete(client);
  vi.advanceTimersByTime(70_000);
  expect(ended).toEqual([client]);
});
