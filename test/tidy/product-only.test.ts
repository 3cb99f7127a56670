import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPaths, root } from './sources.ts';

/** Places of a machine that somebody happened to write this on; a fresh clone has none of them. */
const workplace = [
  new RegExp(`(^|[\\s'"\`(=:])/${'work'}/`, 'm'),
  /\/tmp\/[a-z-]*brief/,
  /\/(root|home\/[a-z]+)\/\.?[a-z]+\//,
];

const binary = /\.(png|jpg|ico|woff2?|gz|pcap|duckdb|sqlite)$/;

describe('the repository', () => {
  it('holds the product and no trace of a workplace', () => {
    const found = projectPaths()
      .filter((path) => !binary.test(path))
      .flatMap((path) => {
        const text = readFileSync(join(root, path), 'utf8');
        return workplace.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map((hit) => `${path}: ${hit.trim()}`);
      });
    expect(found.filter((hit) => !hit.startsWith('test/tidy/product-only.test.ts'))).toEqual([]);
  });

  it('takes every package from the public registry, with a checksum', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, LockedPackage>;
    };
    const wrong = Object.entries(lock.packages).filter(
      ([name, { resolved, integrity, inBundle, link }]) =>
        name !== '' &&
        inBundle !== true &&
        link !== true &&
        (integrity === undefined || (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))),
    );
    expect(wrong.map(([name]) => name)).toEqual([]);
  });
});

interface LockedPackage {
  resolved?: string;
  integrity?: string;
  inBundle?: boolean;
  link?: boolean;
}
