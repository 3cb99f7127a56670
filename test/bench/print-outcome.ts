import type { BenchOutcome } from './bench.ts';
import type { Figures } from './figures.ts';

/** An outcome as lines for people: every figure of both sides, then the ratios with their range. */
export function outcomeText({ ours, peer, ratios, further, failures }: BenchOutcome): string {
  const lines = peer === undefined ? figureLines({ ours }) : figureLines({ ours, peer });
  if (further !== undefined) lines.push('', ...figureLines({ further }));
  for (const [name, { median, low, high }] of Object.entries(ratios ?? {})) {
    lines.push(`ratio ${name}: ${median} (ours / peer, ${low} to ${high})`);
  }
  lines.push(...failures.map((text) => `FAILED: ${text}`));
  return `${lines.join('\n')}\n`;
}

/** One line per figure, one column per side. */
function figureLines(sides: Record<string, Figures>): string[] {
  const flat = Object.values(sides).map((figures) => flatten(figures));
  const names = [...new Set(flat.flatMap((figures) => [...figures.keys()]))];
  const rows = [
    ['', ...Object.keys(sides)],
    ...names.map((name) => [name, ...flat.map((figures) => String(figures.get(name) ?? ''))]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function flatten(figures: Figures, prefix = ''): Map<string, number> {
  const flat = new Map<string, number>();
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value === 'number') flat.set(prefix + name, value);
    else for (const [inner, number] of flatten(value, `${prefix}${name}.`)) flat.set(inner, number);
  }
  return flat;
}
