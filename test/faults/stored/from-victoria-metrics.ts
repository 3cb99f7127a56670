import { type CountStored, countSequences } from './stored.ts';

interface ExportLine {
  values: number[];
  timestamps: number[];
}

/** Counts what VictoriaMetrics itself exports, one JSON document a line. */
export function countFromVictoriaMetrics(port: number): CountStored {
  return async ({ device, measurement, from, to, epoch }) => {
    const selector = `${measurement}_seq{device="${device}"}`;
    const query = new URLSearchParams({ 'match[]': selector, start: String(from / 1000), end: String(to / 1000) });
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/export?${query}`);
    if (!response.ok) throw new Error(`VictoriaMetrics: ${response.status} ${await response.text()}`);
    const points: [number, number][] = [];
    for (const line of (await response.text()).split('\n').filter((text) => text !== '')) {
      const { values, timestamps } = JSON.parse(line) as ExportLine;
      for (const [index, value] of values.entries()) points.push([timestamps[index] ?? 0, value]);
    }
    return countSequences(points, epoch);
  };
}
