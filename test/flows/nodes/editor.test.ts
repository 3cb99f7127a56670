import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventClasses } from '../../../contract/classification.ts';
import nodesPackage from '../../../flows/nodes/package.json' with { type: 'json' };
import { version } from '../../../runtime/version.ts';

const dir = fileURLToPath(new URL('../../../flows/nodes', import.meta.url));
const languages = ['en-US', 'zh-CN'];
const types = Object.keys(nodesPackage['node-red'].nodes);
const read = (...path: string[]): string => readFileSync(join(dir, ...path), 'utf8');

/** Every key of a catalogue with its text, as `a.b.c`. */
function textsOf(catalogue: object, prefix = ''): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'object'
      ? textsOf(value, `${prefix}${key}.`)
      : [[prefix + key, String(value)] as [string, string]],
  );
}

describe('the nodes for the editor', () => {
  it('are listed as they lie there, under the version of the product', () => {
    const files = readdirSync(dir).filter((name) => name.endsWith('.js'));
    expect(files.map((name) => name.slice(0, -3)).toSorted()).toEqual(types.toSorted());
    expect(nodesPackage.version).toBe(version);
  });

  it.each(types)('%s has a form, help and all texts in both languages', (type) => {
    const html = read(`${type}.html`);
    expect(html).toContain(`data-template-name="${type}"`);
    expect(html).toContain(`registerType('${type}'`);
    const [en = [], zh = []] = languages.map((language) =>
      textsOf(JSON.parse(read('locales', language, `${type}.json`))),
    );
    expect(en.map(([key]) => key)).toEqual(zh.map(([key]) => key));
    expect([...en, ...zh].filter(([, text]) => text.trim() === '')).toEqual([]);

    const known = new Set(en.map(([key]) => key));
    const used = [...html.matchAll(/data-i18n="(?:\[placeholder\])?(campus-[^"]+)"|_\('(campus-[^']+)'\)/g)];
    expect(used.length).toBeGreaterThan(0);
    expect(used.map(([, label, text]) => label ?? text ?? '').filter((key) => !known.has(key))).toEqual([]);

    for (const language of languages)
      expect(read('locales', language, `${type}.html`)).toContain(`data-help-name="${type}"`);
  });

  it.each(types.filter((type) => type !== 'campus-gateway'))('%s has an input for each of its settings', (type) => {
    const html = read(`${type}.html`);
    const defaults = html.slice(html.indexOf('defaults: {'), html.indexOf('inputs:'));
    const settings = [...defaults.matchAll(/^ {6}(\w+): \{/gm)].map(([, name]) => name);
    expect(settings).toContain('gateway');
    expect(settings.filter((name) => !html.includes(`id="node-input-${name}"`))).toEqual([]);
  });

  it.each(['campus-threshold', 'campus-absence'])('%s offers the classes of the standard', (type) => {
    const offered = [...read(`${type}.html`).matchAll(/class\.([a-z-]+)"/g)].map(([, name]) => name);
    expect(offered).toEqual(Object.keys(eventClasses));
    const zh = JSON.parse(read('locales', 'zh-CN', `${type}.json`));
    expect(zh[type].class).toEqual(eventClasses);
  });

  it.each(types)("%s has an icon of Node-RED's own", (type) => {
    const icon = /icon: '([^']+)'/.exec(read(`${type}.html`))?.[1];
    const icons = fileURLToPath(new URL('../../../node_modules/@node-red/nodes/icons', import.meta.url));
    expect(type === 'campus-gateway' ? icon === undefined : existsSync(join(icons, icon ?? ''))).toBe(true);
  });
});
