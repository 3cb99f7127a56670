import { setTimeout as delay } from 'node:timers/promises';
import { Compile } from '#typebox/compile';
import { CommandProgress } from '../contract/self-command.ts';
import type { ThroughputChoice } from '../contract/throughput.ts';
import type { GatewayClient } from './gateway-client.ts';

const POLL_MS = 500;

const validator = Compile(CommandProgress);

export interface MeasureOptions {
  device: string;
  choice: ThroughputChoice;
  /** Told again and again how it stands. */
  progress: (progress: CommandProgress) => void;
  /** Ends the waiting; the device goes on. */
  signal: AbortSignal;
}

/**
 * Has the gateway measure a device's throughput and waits for the end, which comes by the gateway's clock if by nothing else.
 * @throws CampusError that the gateway answers with; AbortError
 */
export async function measureThroughput(
  gateway: GatewayClient,
  { device, choice, progress, signal }: MeasureOptions,
): Promise<CommandProgress> {
  const path = `devices/${encodeURIComponent(device)}/commands`;
  const body = { command: 'throughput', arguments: choice };
  let status = validator.Parse(await (await gateway.request('POST', path, { body, signal })).json());
  while (status.state !== 'done' && status.state !== 'failed') {
    progress(status);
    await delay(POLL_MS, undefined, { signal });
    status = validator.Parse(await (await gateway.request('GET', `${path}/${status.id}`, { signal })).json());
  }
  return status;
}
