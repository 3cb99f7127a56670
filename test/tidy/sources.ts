import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Made by tools, or not ours. */
const skipped = new Set(['node_modules', '.git', 'dist', 'data', 'coverage']);

export interface SourceFile {
  /** Relative to the root, with `/`. */
  path: string;
  text: string;
}

/** The paths of all files of the project, relative to its root. */
export function projectPaths(): string[] {
  const paths: string[] = [];
  const visit = (dir: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue;
      const path = join(dir, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) paths.push(relative(root, path));
    }
  };
  visit(root);
  return paths.sort();
}

/** The project's files whose names end in one of `endings`, with their text. */
export function filesEndingIn(endings: readonly string[]): SourceFile[] {
  return projectPaths()
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** All code: TypeScript, Vue components, and the JavaScript that must be plain. */
export function codeFiles(): SourceFile[] {
  return filesEndingIn(['.ts', '.vue', '.js', '.cjs', '.mjs']);
}
