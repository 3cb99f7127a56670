import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeFiles, projectPaths } from './sources.ts';

/** Lines of a file that still tells one story; reference and vocabulary files stay below it, too. */
const MAX_LINES = 400;

/** Names that others prescribe: documents that forges show, and files that tools look for. */
const givenNames = /^([A-Z]+(\.zh-CN)?\.md|LICENSE|Containerfile)$/;

// Written so that this file does not hold what it forbids.
const forbidden: readonly { what: string; pattern: RegExp; where?: RegExp }[] = [
  {
    what: 'the type that switches the checker off',
    pattern: /(:|<|\bas|\|)\s*\bany\b\s*([[\]>;,)=|}]|$)/m,
    where: /\.(ts|vue)$/,
  },
  { what: 'a comment that silences the compiler', pattern: /@ts-(ignore|nocheck|expect-error)/ },
  { what: 'a comment that silences the linter', pattern: /biome-[i]gnore(?! format)/ },
  { what: 'a note of work left undone', pattern: /\b(TO[D]O|FIX[M]E|XX[X])\b/ },
  {
    what: 'a test that is switched off or alone',
    pattern: /\b(it|test|describe)\.(skip|only|todo|fails)\b/,
    where: /^test\//,
  },
];

describe('files', () => {
  it('are short enough to read', () => {
    const long = codeFiles().map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });

  it('have kebab-case names, and Vue components PascalCase ones, as their tags have', () => {
    const names = projectPaths().filter((path) => !path.includes('/fixtures/') && !givenNames.test(basename(path)));
    const style = (path: string): RegExp =>
      path.endsWith('.vue') ? /^([A-Z][a-z0-9]*)+\.vue$/ : /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/;
    expect(names.filter((path) => !style(path).test(basename(path)))).toEqual([]);
  });

  it.each(forbidden)('hold no $what', ({ pattern, where }) => {
    const files = codeFiles().filter(({ path }) => path !== 'test/tidy/files.test.ts' && (where?.test(path) ?? true));
    expect(
      files.filter(({ text }) => pattern.test(text)).map(({ path, text }) => `${path}: ${pattern.exec(text)?.[0]}`),
    ).toEqual([]);
  });

  it('would be caught if they held it', () => {
    const bad = [
      'let x: any;',
      '// @ts-ignore',
      `// biome-${'ignore'} lint: x`,
      `// TO${'DO'} later`,
      `it.${'only'}('x', f)`,
    ];
    expect(forbidden.filter(({ pattern }, index) => pattern.test(bad[index] ?? ''))).toHaveLength(forbidden.length);
  });
});
