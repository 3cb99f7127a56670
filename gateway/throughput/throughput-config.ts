import { isIP } from 'node:net';
import { type Static, Type } from '#typebox';
import { throughputBounds } from '../../contract/throughput.ts';
import { parseNightWindow } from './night-window.ts';

/** Of iperf3, as IANA has it. */
const IPERF3_PORT = 5201;
const serverForms = 'iperf3://HOST or iperf3://HOST:PORT';
const windowForms = 'two times of day such as "22:00-05:00"';
const { bytes, seconds } = throughputBounds;

/** Measurements of throughput that this gateway grants. Nothing listens but for the time of one. */
export const throughputConfig = Type.Object(
  {
    enabled: Type.Boolean({
      default: true,
      description: 'true or false: whether the throughput of devices can be measured on command',
    }),
    server: Type.Optional(
      Type.Refine(
        Type.String(),
        (text) => parseIperf3Server(text) !== undefined,
        () => `expected ${serverForms}`,
      ),
    ),
    bytes: Type.Integer({
      minimum: bytes.min,
      maximum: bytes.max,
      // 100 Mbit/s carry it in 8 s; a gigabit link is full for 0.8 s, long enough for TCP to get there.
      default: 100_000_000,
      description: `bytes carried at most in each direction and family, ${bytes.min} to ${bytes.max}`,
    }),
    seconds: Type.Integer({
      minimum: seconds.min,
      maximum: seconds.max,
      default: 10,
      description: `seconds that each direction and family may take, ${seconds.min} to ${seconds.max}`,
    }),
    schedule: Type.Object(
      {
        window: Type.Optional(
          Type.Refine(
            Type.String(),
            (text) => parseNightWindow(text) !== undefined,
            () => `expected ${windowForms}`,
          ),
        ),
        bytes_per_day: Type.Integer({
          minimum: bytes.min,
          maximum: 1_000_000_000_000,
          default: 1_000_000_000,
          description: 'bytes that the schedule may have one device carry in 24 hours',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
  },
  { additionalProperties: false, default: {} },
);
export type ThroughputConfig = Static<typeof throughputConfig>;

export interface Iperf3Server {
  host: string;
  port: number;
}

/** Parses `iperf3://HOST[:PORT]`, an IPv6 address in brackets. @returns undefined when it is none */
export function parseIperf3Server(text: string): Iperf3Server | undefined {
  const match = /^iperf3:\/\/(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9][a-zA-Z0-9.-]{0,252}))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const [, bracketed, plain, digits] = match;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  const port = digits === undefined ? IPERF3_PORT : Number(digits);
  return port < 1 || port > 65_535 ? undefined : { host: bracketed ?? plain ?? '', port };
}
