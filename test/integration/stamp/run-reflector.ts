import { openReflector } from '../../../gateway/stamp/reflector.ts';

// Run by tests as a process, also in a network namespace: a reflector on the port of the first argument, for the sources of the others.
const [, , port, ...sources] = process.argv;
if (port === undefined) throw new Error('usage: run-reflector.ts PORT SOURCE...');
await openReflector({
  host: undefined,
  port: Number(port),
  sources,
  ownNetworks: () => [],
  report: (counts) => process.stdout.write(`${JSON.stringify(counts)}\n`),
  monotonicMs: () => performance.now(),
  wallMs: () => performance.timeOrigin + performance.now(),
});
process.stdout.write('{}\n');
