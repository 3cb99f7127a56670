import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone, type BenchContext } from '../bench.ts';
import { type Figures, rounded } from '../figures.ts';
import { GeneratorProcess } from '../load/generator-process.ts';
import { metricNames } from '../load/machine-metrics.ts';
import { endProcess } from '../processes.ts';
import { anonymousAccounts } from '../stacks/accounts.ts';
import { temporaryDir } from '../temporary-dir.ts';
import { appendRaw } from './raw-duckdb.ts';

const BARE_AEDES = fileURLToPath(new URL('./bare-aedes.ts', import.meta.url));

/** What this machine does at best with the same messages: an MQTT broker that keeps nothing, a column store without a broker. */
export async function measureLimits(
  { clients, window, seconds }: { clients: number; window: number; seconds: number },
  context: BenchContext,
): Promise<Figures> {
  return {
    bare_aedes_messages_per_second: rounded(await bareAedes({ clients, window, seconds }, context)),
    raw_duckdb_messages_per_second: rounded(await rawDuckDb(seconds, context)),
  };
}

/** Messages a second that Aedes alone acknowledges with QoS 1. */
function bareAedes(
  { clients, window, seconds }: { clients: number; window: number; seconds: number },
  context: BenchContext,
): Promise<number> {
  return alone(context, async ({ cleanup, progress }) => {
    progress.phase('limit · bare Aedes');
    const broker = fork(BARE_AEDES, { execArgv: [] });
    cleanup.defer(() => endProcess(broker));
    const [port] = await once(broker, 'message');
    const accounts = anonymousAccounts(clients);
    const load = { port: Number(port), accounts, firstIndex: 0, window, rate: 0, seconds, boot: 'benchmark' };
    const generator = await GeneratorProcess.start(load, cleanup);
    const outcome = await generator.run();
    return (outcome.acknowledgedCount * 1000) / (outcome.lastAcknowledgedAt - outcome.firstPublishAt);
  });
}

/** Messages a second, five rows each, that DuckDB alone takes by its fastest way in, ready-made columns. */
function rawDuckDb(seconds: number, context: BenchContext): Promise<number> {
  return alone(context, async ({ cleanup, progress }) => {
    progress.phase('limit · raw DuckDB appends');
    const path = join(temporaryDir('duckdb', cleanup), 'raw.duckdb');
    return (await appendRaw(path, seconds)) / metricNames.length;
  });
}
