import { createInterface } from 'node:readline';
import { createCollectors } from '../../../agent/collectors/index.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';

// Run by tests as a process, also in a network namespace: collects for each line of input, and prints the result as a line of JSON.
const [, , name, config = '{}'] = process.argv;
const collector = createCollectors().find((candidate) => candidate.name === name);
if (collector === undefined) throw new Error('usage: run-collector.ts COLLECTOR [CONFIG]');
const host = new LinuxHost();
for await (const _ of createInterface(process.stdin)) {
  const result = await collector.collect(host, JSON.parse(config), AbortSignal.timeout(8000));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
