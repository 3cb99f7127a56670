import { type CountStored, countSequences } from './stored.ts';

interface Answer {
  results: { error?: string; series?: { values: [number, number][] }[] }[];
}

/** Counts what InfluxDB itself answers, by InfluxQL. */
export function countFromInfluxdb(port: number, database: string): CountStored {
  return async ({ device, measurement, epoch }) => {
    const statement = `SELECT "seq" FROM "${measurement}" WHERE "device" = '${device}'`;
    const query = new URLSearchParams({ db: database, epoch: 'ms', q: statement });
    const response = await fetch(`http://127.0.0.1:${port}/query?${query}`);
    const { results } = (await response.json()) as Answer;
    const failed = results.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw new Error(failed.error);
    return countSequences(
      results.flatMap(({ series }) => series ?? []).flatMap(({ values }) => values),
      epoch,
    );
  };
}
