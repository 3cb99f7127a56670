import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/sources.ts';

export type Row = Readonly<Record<string, string>>;

/** The tables of docs/access.md, by their first heading: what they say is what is tried. */
export function accessTable(firstHeading: string): Row[] {
  const lines = readFileSync(join(root, 'docs/access.md'), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading} |`));
  if (start < 0) throw new Error(`docs/access.md: expected a table that begins with ${firstHeading}`);
  const heading = cells(lines[start] ?? '');
  const rows: Row[] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(Object.fromEntries(cells(line).map((cell, column) => [heading[column] ?? '', cell])));
  }
  return rows;
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}
