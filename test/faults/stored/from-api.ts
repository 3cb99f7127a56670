import { type CountStored, countSequences } from './stored.ts';

/** One answer of the API holds 50,000 points; messages lie a millisecond apart, so this leaves room to see doubled ones. */
const SLICE_MS = 20_000;

interface SeriesAnswer {
  series: { points: [number, number][] }[];
  truncated: boolean;
}

/** Counts what the gateway's API answers: with DuckDB, which keeps what it is given, doubled points show. */
export function countFromApi(get: <T>(path: string) => Promise<T>): CountStored {
  return async ({ device, measurement, from, to, epoch }) => {
    const points: [number, number][] = [];
    for (let start = from; start < to; start += SLICE_MS) {
      const range = `from=${start}&to=${Math.min(to, start + SLICE_MS)}`;
      const answer = await get<SeriesAnswer>(`series?measurement=${measurement}&field=seq&device=${device}&${range}`);
      if (answer.truncated)
        throw new Error(`more points of ${device} between ${start} and ${to} than one answer holds`);
      points.push(...answer.series.flatMap((series) => series.points));
    }
    return countSequences(points, epoch);
  };
}
