import { posix } from 'node:path';
import { codeFiles, type SourceFile } from './sources.ts';

export interface Import {
  /** The importing file, relative to the root. */
  from: string;
  /** A path relative to the root for files of the project, else the package: `mqtt`, `@duckdb/node-api`, `node:fs`. */
  to: string;
  ours: boolean;
}

const statements = [
  // import x from 'y', export … from 'y', import type …
  /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
  // import 'y', import('y'), require('y'), require.resolve('y')
  /\bimport\s*\(?\s*['"]([^'"]+)['"]/g,
  /\brequire(?:\.resolve)?\(\s*['"]([^'"]+)['"]/g,
  // createRequire(import.meta.url).resolve('y'): how a CommonJS package is found
  /\)\.resolve\(\s*['"]([^'"./][^'"]*)['"]/g,
  // new URL('./worker.ts', import.meta.url): how workers are named
  /\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
];

/** What one file imports. */
export function parseImports({ path, text }: SourceFile): Import[] {
  const code = path.endsWith('.vue') ? scriptsOf(text) : text;
  return statements
    .flatMap((statement) => [...code.matchAll(statement)].map((match) => match[1] ?? ''))
    .map((specifier) =>
      specifier.startsWith('.')
        ? { from: path, to: posix.join(posix.dirname(path), specifier), ours: true }
        : { from: path, to: packageOf(specifier), ours: false },
    );
}

/** Every import of the project's code. */
export function allImports(): Import[] {
  return codeFiles().flatMap(parseImports);
}

/** `node:fs/promises` → `node:fs`, `@a/b/c` → `@a/b`, `a/b` → `a`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function scriptsOf(vue: string): string {
  return [...vue.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n');
}
