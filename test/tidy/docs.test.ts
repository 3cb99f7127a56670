import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, withReference } from './reference/documents.ts';
import { filesEndingIn, root } from './sources.ts';

describe('documents', () => {
  it.each(documents)('$path says what the code says (npm run docs)', async ({ path, reference }) => {
    const document = readFileSync(join(root, path), 'utf8');
    expect(document).toBe(withReference(document, await reference()));
  });

  it('link to files that exist', () => {
    const broken = filesEndingIn(['.md']).flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = filesEndingIn(['.md']).flatMap(({ path, text }) =>
      [...text.matchAll(/npm run ([a-z:]+)/g)].map((match) => ({ path, script: match[1] ?? '' })),
    );
    expect(named.filter(({ script }) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});
