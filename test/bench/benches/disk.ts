import { join } from 'node:path';
import { until } from '../../support/until.ts';
import { alone, type BenchContext, type BenchOutcome, inRounds } from '../bench.ts';
import { type Figures, rounded } from '../figures.ts';
import { type History, publishHistory, writeHistory } from '../load/history-loader.ts';
import { FIELD_VALUES, metricNames } from '../load/machine-metrics.ts';
import { anonymousAccounts } from '../stacks/accounts.ts';
import { Campus } from '../stacks/campus.ts';
import { COMPACT_SOON, InfluxDb } from '../stacks/influxdb.ts';
import { installMing } from '../stacks/ming-packages.ts';
import { diskBytes, temporaryDir } from '../temporary-dir.ts';
import { percent } from './query.ts';

export interface DiskOptions {
  rounds: number;
  peer: boolean;
  devices: number;
  /** Field values that are stored at least. */
  samples: number;
  everySeconds: number;
}

interface Stored {
  /** Points of each metric that can be queried once the files were looked at. */
  counts: number[];
  figures: Figures & { bytes_per_sample: number };
}

/** Bytes on the disk for each field value, of the same data in both stores, after each has packed them as it does. */
export function measureDisk(options: DiskOptions, context: BenchContext): Promise<BenchOutcome> {
  return inRounds(options.rounds, context, async (inner) => {
    const messages = Math.ceil(options.samples / FIELD_VALUES / options.devices) * options.devices;
    const ours = await alone(inner, (context) => storeInOurs(options, messages, context));
    const failures = failuresOf('campus-edge', ours, messages);
    if (!options.peer) return { ours: ours.figures, failures };
    const peer = await alone(inner, (context) => storeInInflux(options, messages, context));
    return {
      ours: ours.figures,
      peer: peer.figures,
      ratios: { bytes_per_sample: ours.figures.bytes_per_sample / peer.figures.bytes_per_sample },
      failures: [...failures, ...failuresOf('InfluxDB', peer, messages)],
    };
  });
}

function failuresOf(name: string, { counts }: Stored, messages: number): string[] {
  if (counts.length === metricNames.length && counts.every((count) => count === messages)) return [];
  return [`${name}: expected ${messages} points of each metric, got ${counts.join(', ')}`];
}

async function storeInOurs(
  options: DiskOptions,
  messages: number,
  { cleanup, progress }: BenchContext,
): Promise<Stored> {
  progress.phase('campus-edge · storing');
  const campus = await Campus.start(cleanup, { devices: options.devices });
  const history = historyOf(options, messages, campus.accounts);
  await publishHistory(campus.mqttPort, history, (share) => progress.detail(percent(share)));
  const isStored = async (): Promise<boolean> => Math.min(...(await campus.counts())) >= messages;
  await until('everything can be queried', isStored, { timeoutMs: 120_000, everyMs: 250 });
  progress.phase('campus-edge · closing and opening again');
  // A gateway that stops writes what it has in memory and packs its file, as it does from time to time by itself.
  await campus.rollUp();
  const dir = campus.home.gatewayDir;
  const store = diskBytes([dir], (path) => path.startsWith('store.'));
  const spool = diskBytes([dir], (path) => path.startsWith('spool.'));
  await campus.run();
  const samples = messages * FIELD_VALUES;
  return {
    counts: await campus.counts(),
    figures: {
      samples,
      store_bytes: store,
      bytes_per_sample: rounded(store / samples),
      // A queue's file keeps the size that it once had.
      spool_bytes: spool,
      bytes_per_sample_with_spool: rounded((store + spool) / samples),
    },
  };
}

async function storeInInflux(
  options: DiskOptions,
  messages: number,
  { cleanup, progress }: BenchContext,
): Promise<Stored> {
  installMing();
  progress.phase('InfluxDB · storing');
  const dir = temporaryDir('influxdb', cleanup);
  const influx = await InfluxDb.start(join(dir, 'influxdb'), cleanup, COMPACT_SOON);
  await writeHistory(
    historyOf(options, messages, anonymousAccounts(options.devices)),
    (lines) => influx.write(lines),
    (share) => progress.detail(percent(share)),
  );
  progress.phase('InfluxDB · compacting');
  await influx.compacted();
  const [data = 0, wal = 0] = influx.dataDirs.map((path) => diskBytes([path]));
  const samples = messages * FIELD_VALUES;
  return {
    counts: await influx.counts(),
    figures: { samples, data_bytes: data, wal_bytes: wal, bytes_per_sample: rounded((data + wal) / samples) },
  };
}

/** A history that ends now. */
function historyOf({ devices, everySeconds }: DiskOptions, messages: number, accounts: History['devices']): History {
  const samplesPerDevice = messages / devices;
  const everyMs = everySeconds * 1000;
  return { devices: accounts, from: Date.now() - samplesPerDevice * everyMs, everyMs, samplesPerDevice };
}
