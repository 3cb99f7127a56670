import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../cli/effective-config.ts';
import { openHome } from '../../runtime/home.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
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

  it('name files of the code that exist', () => {
    const { path, text } = filesEndingIn(['docs/security.md'])[0] ?? { path: '', text: '' };
    const parts = /`((?:agent|cli|contract|deploy|flows|gateway|queue|runtime|test)\/[^`\s]+)`/g;
    const named = [...text.matchAll(parts)].map((match) => match[1] ?? '');
    expect(named.length, path).toBeGreaterThan(40);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it.each(yamlBlocks())('$path: the configuration $text is one that the product takes', ({ text }) => {
    const home = openHome(temporaryDirectory());
    writeFileSync(home.configFile, text);
    expect(() => effectiveConfig(home)).not.toThrow();
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

/** Every block of YAML in the documents: there is only one file that is YAML. */
function yamlBlocks(): { path: string; text: string }[] {
  return filesEndingIn(['.md']).flatMap(({ path, text }) =>
    [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].map((match) => ({ path, text: match[1] ?? '' })),
  );
}
