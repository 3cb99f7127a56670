import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventClasses } from '../../../contract/classification.ts';
import { shippedFlows } from '../../../flows/default-flows.ts';
import { type FlowEntry, parseFlowFile } from '../../../flows/flow-file.ts';
import nodesPackage from '../../../flows/nodes/package.json' with { type: 'json' };
import { ruleTypes } from '../../../flows/rules/rule-types.ts';
import { version } from '../../../runtime/version.ts';
import { complaints, ruleForms } from './rule-forms.ts';

const dir = fileURLToPath(new URL('../../../flows/nodes', import.meta.url));
const languages = ['en-US', 'zh-CN'];
const sets = Object.keys(nodesPackage['node-red'].nodes);
const rules = ruleForms();
const typesOf = (set: string): string[] => (set === 'campus-rules' ? [...rules.keys()] : [set]);
const icons = fileURLToPath(new URL('../../../node_modules/@node-red/nodes/icons', import.meta.url));
/** The settings that a rule has no default for. */
const asks: Readonly<Record<string, string[]>> = {
  'campus-threshold': ['raise'],
  'campus-rate': ['raise'],
  'campus-share': ['limit'],
};
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
    expect(files.map((name) => name.slice(0, -3)).toSorted()).toEqual(sets.toSorted());
    expect(nodesPackage.version).toBe(version);
  });

  it.each(sets)('%s has help and all texts in both languages', (set) => {
    const html = read(`${set}.html`);
    const [en = [], zh = []] = languages.map((language) =>
      textsOf(JSON.parse(read('locales', language, `${set}.json`))),
    );
    expect(en.map(([key]) => key)).toEqual(zh.map(([key]) => key));
    expect([...en, ...zh].filter(([, text]) => text.trim() === '')).toEqual([]);

    const known = new Set(en.map(([key]) => key));
    const forms = typesOf(set).map((type) => rules.get(type)?.template ?? html);
    const used = forms.flatMap((form) => [
      ...form.matchAll(/data-i18n="(?:\[placeholder\])?(campus-[^"]+)"|_\('(campus-[^']+)'\)/g),
    ]);
    expect(used.length).toBeGreaterThan(0);
    expect(used.map(([, label, text]) => label ?? text ?? '').filter((key) => !known.has(key))).toEqual([]);

    for (const language of languages) {
      const help = read('locales', language, `${set}.html`);
      const helped = [...help.matchAll(/data-help-name="([^"]+)"/g)].map(([, type]) => type);
      expect(helped.toSorted()).toEqual(typesOf(set).toSorted());
    }
  });

  it.each(sets.filter((set) => set !== 'campus-gateway' && set !== 'campus-rules'))(
    '%s has an input for each of its settings',
    (set) => {
      const html = read(`${set}.html`);
      const defaults = html.slice(html.indexOf('defaults: {'), html.indexOf('inputs:'));
      const settings = [...defaults.matchAll(/^ {6}(\w+): \{/gm)].map(([, name]) => name);
      expect(settings).toContain('gateway');
      expect(settings.filter((name) => !html.includes(`id="node-input-${name}"`))).toEqual([]);
    },
  );

  it.each(sets.filter((set) => set !== 'campus-rules'))("%s has an icon of Node-RED's own", (set) => {
    const icon = /icon: '([^']+)'/.exec(read(`${set}.html`))?.[1];
    expect(set === 'campus-gateway' ? icon === undefined : existsSync(join(icons, icon ?? ''))).toBe(true);
  });
});

describe('the nodes of the rules', () => {
  it('are those that the process can make, in the category of the product, told apart by their icons', () => {
    expect([...rules.keys()]).toEqual(Object.keys(ruleTypes));
    for (const { icon, category } of rules.values()) {
      expect([category, existsSync(join(icons, icon))]).toEqual(['campus-edge', true]);
    }
    expect(new Set([...rules.values()].map(({ icon }) => icon)).size).toBe(rules.size);
    for (const language of languages) {
      const names = JSON.parse(read('locales', language, 'campus-rules.json'))['campus-rules'].type;
      expect(Object.keys(names)).toEqual([...rules.keys()]);
    }
  });

  it.each([...rules])(
    '%s has an input for each of its settings, and each setting is one that the rule reads',
    (type, form) => {
      const settings = Object.keys(form.defaults);
      expect(settings.filter((name) => !form.template.includes(`id="node-input-${name}"`))).toEqual([]);
      const shipped = shippedFlows.find((node) => node.type === type) ?? { id: '' };
      const known = new Set([...Object.keys(shipped), 'name', 'gateway']);
      expect(settings.filter((name) => !known.has(name))).toEqual([]);
    },
  );

  it.each([...rules])('%s offers the classes of the standard', (_type, { template }) => {
    const offered = [...template.matchAll(/data-i18n="campus-rules\.class\.([a-z-]+)"/g)].map(([, name]) => name);
    expect(offered).toEqual(Object.keys(eventClasses));
    expect(JSON.parse(read('locales', 'zh-CN', 'campus-rules.json'))['campus-rules'].class).toEqual(eventClasses);
  });

  it.each(shippedFlows.filter((node) => 'rule' in node).map((node) => [String(node['rule']), node] as const))(
    'take the settings of %s for right, as the process does',
    (_rule, node) => {
      const form = rules.get(node.type);
      expect(form && complaints(form, node)).toEqual([]);
      expect(form && complaints(form, { ...node, rule: 'No id', level: '5' })).toEqual(['rule', 'level']);
    },
  );

  it.each([...rules])('%s dropped into a flow wants what it cannot know, and no more', (type, form) => {
    const fresh = Object.fromEntries(Object.entries(form.defaults).map(([name, { value }]) => [name, value]));
    const wanted = complaints(form, { ...fresh, gateway: 'g', rule: 'own', measurement: 'system', field: 'load1' });
    expect(wanted).toEqual(asks[type] ?? []);
    const filled = {
      ...fresh,
      rule: 'own',
      measurement: 'system',
      field: 'load1',
      ...(asks[type] ? { [asks[type][0] ?? '']: 4 } : {}),
    };
    expect(ruleTypes[type]?.({ id: 'x', type, ...filled }).ruleId).toBe('own');
  });
});

describe('the examples', () => {
  const names = readdirSync(join(dir, 'examples'));

  it('show each kind of rule', () => {
    const types = names.flatMap((name) => exampleOf(name).map(({ type }) => type));
    expect([...rules.keys()].filter((type) => !types.includes(type))).toEqual([]);
  });

  it.each(names)('%s imports, and runs as it is', (name) => {
    const nodes = exampleOf(name);
    const [tab, input, rule, output] = nodes;
    expect(nodes.map(({ type }) => type)).toEqual(['tab', 'campus-in', rule?.type, 'campus-alert-out']);
    expect(tab?.['info']).toMatch(/[a-z]{3}[^\n]*\n\n[^\n]*\p{Script=Han}/u);
    expect([input?.['wires'], rule?.['wires']]).toEqual([[[rule?.id]], [[output?.id]]]);
    const form = rules.get(rule?.type ?? '');
    expect(form && rule && complaints(form, rule)).toEqual([]);
    expect(ruleTypes[rule?.type ?? '']?.(rule ?? {}).ruleId).toBe(name.replace('.json', ''));
  });
});

function exampleOf(name: string): FlowEntry[] {
  return parseFlowFile(read('examples', name)) ?? [];
}
