import { expect, test } from 'vitest';
import { readAgentConfig } from '../../agent/config.ts';
import { createExecutables } from '../../agent/executables.ts';
import { LinuxHost } from '../../agent/host/linux.ts';
import type { CheckCommand } from '../../contract/command.ts';
import { isRoomCheckReport } from '../../contract/reply.ts';
import type { ThroughputArguments } from '../../contract/throughput.ts';
import { openHome } from '../../runtime/home.ts';
import { makeTree, noSignal } from './tree.ts';

const check: CheckCommand = {
  ...{ command: 'check', id: 'command-1', expires_at: 1_764_000_000_000 },
  arguments: { throughput_refused: 'same_machine' },
};
const devices = '  eth0: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n';
const heading = 'Inter-|   Receive |  Transmit\n face |bytes packets|bytes packets\n';

/** The check of a box whose machine has these files. */
function checkOn(files: Record<string, string>) {
  const { agent } = readAgentConfig(openHome(makeTree({})));
  const host = new LinuxHost({ root: makeTree(files) });
  const executable = createExecutables({ host, gateway: 'mqtts://192.0.2.1', config: agent, emit: () => undefined });
  return executable(check);
}

test('a check is carried out where the command says so, and answers with the whole report', async () => {
  const box = checkOn({ '/proc/net/dev': heading + devices, '/sys/class/net/eth0/carrier': '0\n' });
  const result = await box.execute({ signal: noSignal, progress: () => undefined });
  if (result === undefined || !isRoomCheckReport(result)) throw new Error('expected the report of a check');
  // Without a link there is nothing to look at behind it.
  expect(result).toMatchObject({ ready: 'no', steps: [{ step: 'link', state: 'failed' }] });
  expect(result.text['zh-CN']).toMatch(/^否，因为所有网络接口均未接通/);
});

test('a check that is given up ends at once', async () => {
  const giveUp = new AbortController();
  const { execute } = checkOn({ '/proc/net/dev': heading + devices, '/sys/class/net/eth0/carrier': '1\n' });
  giveUp.abort();
  await expect(execute({ signal: giveUp.signal, progress: () => undefined })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('a check has the time that its steps and its measurement may take', () => {
  const executable = createExecutables({
    ...{ host: new LinuxHost(), gateway: 'mqtts://192.0.2.1', emit: () => undefined },
    config: readAgentConfig(openHome(makeTree({}))).agent,
  });
  const throughput: ThroughputArguments = {
    ...{ port: 5201, families: ['ipv4', 'ipv6'], directions: ['up', 'down'], bytes: 1_000_000, seconds: 10 },
  };
  expect(executable(check).limitMs).toBe(90_000);
  expect(executable({ ...check, arguments: { throughput } }).limitMs).toBeGreaterThan(90_000 + 40_000);
});
