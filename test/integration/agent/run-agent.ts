import { runAgent } from '../../../agent/main.ts';
import { openHome } from '../../../runtime/home.ts';

// Run by tests as a process: the agent on the home of the first argument.
const [, , home] = process.argv;
if (home === undefined) throw new Error('usage: run-agent.ts HOME');
await runAgent({ home: openHome(home), env: process.env });
process.exit(0);
