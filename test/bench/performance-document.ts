import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withMadePart } from '../tidy/reference/documents.ts';
import { newestOf, performanceReport } from './report.ts';
import { type BenchResult, parseResults } from './result.ts';

const MARKS = [
  '<!-- Made from docs/performance.jsonl by `npm run bench -- report`: do not edit below. -->',
  '<!-- Made from docs/performance.jsonl by `npm run bench -- report`: do not edit above. -->',
] as const;

/** docs/performance.md as the results kept beside it have it. @param docsDir the directory of both */
export function performanceDocument(docsDir: string): string {
  const document = readFileSync(join(docsDir, 'performance.md'), 'utf8');
  return withMadePart(document, performanceReport(keptResults(docsDir)), MARKS);
}

/** Takes results into docs/performance.jsonl, in place of older ones of the same benchmark, and the document with them. */
export function keepResults(docsDir: string, results: readonly BenchResult[]): void {
  const kept = newestOf([...keptResults(docsDir), ...results]);
  // Made before anything is written: results that do not go together change nothing.
  performanceReport(kept);
  writeFileSync(join(docsDir, 'performance.jsonl'), kept.map((result) => `${JSON.stringify(result)}\n`).join(''));
  writeFileSync(join(docsDir, 'performance.md'), performanceDocument(docsDir));
}

function keptResults(docsDir: string): BenchResult[] {
  const path = join(docsDir, 'performance.jsonl');
  return existsSync(path) ? parseResults(readFileSync(path, 'utf8')) : [];
}
