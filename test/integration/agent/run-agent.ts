import { LinuxHost } from '../../../agent/host/linux.ts';
import { runAgent } from '../../../agent/main.ts';
import { openHome } from '../../../runtime/home.ts';

// Run by tests as a process: the agent on the home of the first argument.
const [, , home] = process.argv;
if (home === undefined) throw new Error('usage: run-agent.ts HOME');

/** This machine, as if no NTP client held its clock: what the machine of a test's author has is not what a box in a classroom has. */
class HostWithoutNtp extends LinuxHost {
  override async readFile(path: string, maxBytes?: number): Promise<string | undefined> {
    return path.startsWith('/run/systemd/timesync/') ? undefined : super.readFile(path, maxBytes);
  }

  override async run(...given: Parameters<LinuxHost['run']>): Promise<string | undefined> {
    return ['timedatectl', 'chronyc'].includes(given[0]) ? undefined : super.run(...given);
  }
}

await runAgent({ home: openHome(home), env: process.env, host: new HostWithoutNtp() });
process.exit(0);
