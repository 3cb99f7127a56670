import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startBaseline } from '../../../agent/baseline/schedule.ts';
import { readAgentConfig } from '../../../agent/config.ts';
import type { AgentEvent } from '../../../agent/events.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { homeAt } from '../../../runtime/home.ts';
import { recordingLog } from '../recording-log.ts';
import { makeTree } from '../tree.ts';

const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function start(yaml = ''): { events: AgentEvent[]; stop: () => void } {
  const events: AgentEvent[] = [];
  const { baseline: config } = readAgentConfig(homeAt(makeTree({ 'campus-edge.yaml': yaml }))).agent;
  const host = new LinuxHost({ root: makeTree({ '/etc/profile': '' }) });
  const raise = (event: AgentEvent): void => void events.push(event);
  return { events, stop: startBaseline({ host, config, ownPorts: [], raise, log: recordingLog().log }) };
}

test('what is not met is told once a day, until the agent stops', async () => {
  const { events, stop } = start();
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  expect(events).toEqual([]);
  for (const day of [1, 2]) {
    await vi.advanceTimersByTimeAsync(day === 1 ? 60_000 : 24 * HOUR);
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(Array(day).fill('baseline-idle-time-out')));
  }
  stop();
  await vi.advanceTimersByTimeAsync(48 * HOUR);
  expect(events).toHaveLength(2);
});

test('unless it is switched off', async () => {
  const { events } = start('agent: { baseline: { enabled: false } }\n');
  await vi.advanceTimersByTimeAsync(48 * HOUR);
  expect(events).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
