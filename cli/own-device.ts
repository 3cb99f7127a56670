import { type Home, readCredentials } from '../runtime/home.ts';
import { readRunning } from '../runtime/running.ts';

/** What the gateway that runs on a home calls the agent beside it; undefined where no gateway runs, or it has named none yet. */
export function ownDeviceOf(home: Home): string | undefined {
  if (readRunning(home.gatewayDir)?.url === undefined) return undefined;
  // `site/device`, as every user name of a device.
  return readCredentials(home, 'agent')?.username.split('/')[1];
}
