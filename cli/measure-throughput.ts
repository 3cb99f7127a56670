import { setTimeout as delay } from 'node:timers/promises';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ThroughputChoice, ThroughputResult } from '../contract/throughput.ts';
import type { GatewayClient } from './gateway-client.ts';

const POLL_MS = 500;

const Measurement = Type.Object({
  id: Type.String(),
  device: Type.String(),
  state: Type.String(),
  progress: Type.Optional(Type.Number()),
  created_at: Type.Integer(),
  ended_at: Type.Optional(Type.Integer()),
  result: Type.Optional(ThroughputResult),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});
/** A measurement as the gateway tells it. */
export type Measurement = Static<typeof Measurement>;
const validator = Compile(Measurement);

export interface MeasureOptions {
  device: string;
  choice: ThroughputChoice;
  /** Told again and again how it stands. */
  progress: (measurement: Measurement) => void;
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
): Promise<Measurement> {
  const path = `devices/${encodeURIComponent(device)}/commands`;
  const body = { command: 'throughput', arguments: choice };
  let measurement = validator.Parse(await (await gateway.request('POST', path, { body, signal })).json());
  while (measurement.state !== 'done' && measurement.state !== 'failed') {
    progress(measurement);
    await delay(POLL_MS, undefined, { signal });
    measurement = validator.Parse(await (await gateway.request('GET', `${path}/${measurement.id}`, { signal })).json());
  }
  return measurement;
}
