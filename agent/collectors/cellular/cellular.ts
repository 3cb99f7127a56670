import { type Static, Type } from '#typebox';
import { CampusError } from '../../../contract/errors.ts';
import type { Collected, CollectedMetric, Collector, PartlyCollected } from '../../collector.ts';
import type { Host } from '../../host/host.ts';
import { createAtModem } from './at-modem.ts';
import { findModems, type Modem } from './discover.ts';
import type { Interpretation } from './interpret.ts';
import { createManagedReader, isModemManagerRunning, type ManagedModem, managedModems } from './modem-manager.ts';
import { report } from './report.ts';
import { createTraffic, type Traffic } from './traffic.ts';

/** Nobody plugs more modems into a box of this class. */
const MODEMS_MAX = 4;
/** ModemManager tries the ports of a new modem for up to this long before it shows it: until then they are its own. */
const PROBING_MS = 60_000;

const configSchema = Type.Object({
  ports: Type.Array(Type.String({ pattern: '^/dev/[^\\s]+$', maxLength: 255 }), {
    maxItems: MODEMS_MAX,
    default: [],
    description: `at most ${MODEMS_MAX} AT ports such as /dev/ttyUSB2; found by themselves when empty`,
  }),
});

/** Registration, cell, signal and addresses of 4G and 5G modems: by AT, or by ModemManager where that has the modem. */
export function createCellular(): Collector<typeof configSchema, Collected> {
  const states = new Map<string, ModemState>();
  const readManaged = createManagedReader();
  const traffic = createTraffic();
  return {
    name: 'cellular',
    defaultIntervalSeconds: 30,
    configSchema,
    async collect(host, config, signal) {
      const modems = (await findModems(host, config.ports)).slice(0, MODEMS_MAX);
      forgetAllBut(states, modems);
      if (modems.length === 0) return { notPresent: absence(config) };
      const managed = (await isModemManagerRunning(host)) ? await managedModems(host, signal) : undefined;
      const results = await Promise.all(
        modems.map(async (modem) => {
          const state = stateOf(states, modem, host);
          try {
            const counted = await traffic(host, modem);
            const source = { host, modem, state, managed, readManaged };
            return toPoints(modem, await ask(source, signal), { counted, isManaged: managed?.has(modem.key) === true });
          } catch (error) {
            if (!(error instanceof Error)) throw error;
            return { metrics: [], failures: [error] };
          }
        }),
      );
      return joined(results);
    },
  };
}

interface ModemState {
  /** Monotonic milliseconds. */
  firstSeenAt: number;
  plugged: string | undefined;
  ask: ReturnType<typeof createAtModem>;
}

interface Source {
  host: Host;
  modem: Modem;
  state: ModemState;
  /** Undefined when ModemManager does not run. */
  managed: ReadonlyMap<string, ManagedModem> | undefined;
  readManaged: ReturnType<typeof createManagedReader>;
}

/** @throws CampusError when the modem cannot be asked at all */
async function ask(source: Source, signal: AbortSignal): Promise<Interpretation> {
  const { host, modem, state, managed, readManaged } = source;
  const own = managed?.get(modem.key);
  if (own !== undefined) return readManaged(host, own, signal);
  if (managed !== undefined && host.monotonicMs() - state.firstSeenAt < PROBING_MS) {
    throw new CampusError('serial_busy', `modem ${modem.key}: left to ModemManager for its first minute`);
  }
  if (modem.ports.length === 0) {
    throw new CampusError('serial_failed', `modem ${modem.key}: it has no port for AT; ModemManager could read it`);
  }
  return state.ask(host, modem, signal);
}

function toPoints(
  modem: Modem,
  { facts, notUnderstood, failures }: Interpretation,
  { counted, isManaged }: { counted: Traffic | undefined; isManaged: boolean },
): PartlyCollected {
  const { interface: name, ...counters } = counted ?? {};
  const metrics = report(
    { ...facts, ...counters },
    {
      source: isManaged ? 'modem-manager' : 'at',
      modem: modem.key,
      notUnderstoodCount: notUnderstood.length,
      interface: name,
    },
  );
  return { metrics, failures };
}

function joined(results: readonly PartlyCollected[]): CollectedMetric[] | PartlyCollected {
  const metrics = results.flatMap((result) => result.metrics);
  const failures = results.flatMap((result) => result.failures);
  return failures.length === 0 ? metrics : { metrics, failures };
}

function stateOf(states: Map<string, ModemState>, modem: Modem, host: Host): ModemState {
  const known = states.get(modem.key);
  if (known !== undefined && known.plugged === modem.plugged) return known;
  const state = { firstSeenAt: host.monotonicMs(), plugged: modem.plugged, ask: createAtModem() };
  states.set(modem.key, state);
  return state;
}

function forgetAllBut(states: Map<string, ModemState>, modems: readonly Modem[]): void {
  for (const key of states.keys()) if (!modems.some((modem) => modem.key === key)) states.delete(key);
}

function absence({ ports }: Static<typeof configSchema>): string {
  return ports.length === 0 ? 'no 4G or 5G modem on USB or PCIe' : `no such port: ${ports.join(', ')}`;
}
