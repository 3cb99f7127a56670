import type { Command } from 'commander';
import { CampusError } from '../contract/errors.ts';
import { readRunning } from '../runtime/running.ts';
import { homeOf } from './define-command.ts';
import { GatewayClient } from './gateway-client.ts';
import type { Speaker } from './terminal.ts';
import { cliActor } from './with-admin.ts';

/**
 * Asks the gateway that runs on the invocation's home.
 * @throws CampusError `not_ready` when none runs
 */
export async function withGateway<T>(
  command: Command,
  speaker: Speaker,
  use: (gateway: GatewayClient) => Promise<T>,
): Promise<T> {
  const home = homeOf(command, speaker);
  const running = readRunning(home.gatewayDir);
  if (running?.url === undefined)
    throw new CampusError('not_ready', `expected a gateway that runs on ${home.dir}, found none: start it first`);
  const { openAdmin } = await import('../gateway/admin.ts');
  const admin = openAdmin(home, { now: Date.now, actor: cliActor() });
  const gateway = new GatewayClient(running.url, admin);
  try {
    return await use(gateway);
  } finally {
    gateway.end();
    admin.close();
  }
}
