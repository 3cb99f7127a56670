import { createInterface } from 'node:readline';
import { Value } from '#typebox/value';
import { createCollectors } from '../../../agent/collectors/index.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';

// Run by tests as a process, also in a network namespace: collects for each line of input, and prints the result as a line of JSON.
const [, , name, config = '{}'] = process.argv;
const collector = createCollectors().find((candidate) => candidate.name === name);
if (collector === undefined) throw new Error('usage: run-collector.ts COLLECTOR [CONFIG]');
const host = new LinuxHost();
const settings = Value.Parse(collector.configSchema, Value.Default(collector.configSchema, JSON.parse(config)));
for await (const _ of createInterface(process.stdin)) {
  const result = await collector.collect(host, settings, AbortSignal.timeout(8000));
  process.stdout.write(`${JSON.stringify('metrics' in result ? result.metrics : result)}\n`);
  if ('failures' in result) for (const failure of result.failures) process.stderr.write(`${failure.message}\n`);
}
