import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventClasses } from '../../../../contract/classification.ts';
import { ipv6Summaries } from '../../../../contract/measurements/ipv6.ts';
import { en } from '../../../../dashboards/console/src/i18n/en.ts';
import { zhCn } from '../../../../dashboards/console/src/i18n/zh-cn.ts';

const sources = join(import.meta.dirname, '../../../../dashboards/console/src');

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`${path}${key}`, value] as const] : [...flatten(value, `${path}${key}.`)],
    ),
  );
}

/** Names in braces, such as `n` in `{n} devices`. */
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].toSorted();

const english = flatten(en);
const chinese = flatten(zhCn);

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  it('have the same placeholders in both languages', () => {
    for (const [key, text] of english) expect(placeholders(chinese.get(key) ?? ''), key).toEqual(placeholders(text));
  });

  it('are written: none is empty, none is Chinese in English', () => {
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe('');
    for (const [key, text] of english) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it('use no sign that vue-i18n takes for syntax', () => {
    for (const [key, text] of [...english, ...chinese])
      expect(text.replaceAll(/\{\w+\}/g, ''), key).not.toMatch(/[{}@$]/);
  });

  it('exist for every key that the sources name, and are all used', () => {
    const text = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('i18n'))
      .map((name) => readFileSync(join(sources, name), 'utf8'))
      .join('\n');
    const named = [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((match) => match[1] ?? '');
    expect(named.filter((key) => !english.has(key))).toEqual([]);
    // Keys made of parts, such as `ipv6.state.${state}`, count for all that begin alike; quoted keys also stand in conditions.
    const begins = [...text.matchAll(/`([\w.]+[._])\$\{/g)].map((match) => match[1] ?? '');
    const unused = [...english.keys()].filter(
      (key) => !text.includes(`'${key}'`) && !begins.some((begin) => key.startsWith(begin)),
    );
    expect(unused).toEqual([]);
  });

  it('name every event class and every IPv6 state of the contract', () => {
    expect(Object.keys(en.alerts.class)).toEqual(Object.keys(eventClasses));
    expect(Object.values(zhCn.alerts.class)).toEqual(Object.values(eventClasses));
    expect(Object.keys(en.ipv6.state)).toEqual([...ipv6Summaries]);
    expect(Object.keys(en.ipv6.explain)).toEqual([...ipv6Summaries]);
  });
});
