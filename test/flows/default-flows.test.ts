import { describe, expect, it } from 'vitest';
import { measurementSpec } from '../../contract/measurements/index.ts';
import { DeviceState } from '../../contract/state.ts';
import { flowsConfig } from '../../flows/config.ts';
import { shippedFlows } from '../../flows/default-flows.ts';
import { isProductEntry } from '../../flows/flow-file.ts';
import nodesPackage from '../../flows/nodes/package.json' with { type: 'json' };
import { ruleTypes } from '../../flows/rules/rule-types.ts';

const byId = new Map(shippedFlows.map((entry) => [entry.id, entry]));
/** What rules may ask of a device's state. */
const stateSpec = { fields: DeviceState.properties, tags: {} };
const rules = shippedFlows.filter((entry) => 'rule' in entry);
const wiresOf = (entry: object): string[] => ('wires' in entry ? (entry.wires as string[][]).flat() : []);

describe('the shipped flows', () => {
  it('have ids of the product, each once', () => {
    expect(shippedFlows.filter((entry) => !isProductEntry(entry))).toEqual([]);
    expect(byId.size).toBe(shippedFlows.length);
  });

  it('are made of nodes that exist, on one tab that the editor locks', () => {
    const types = new Set([...Object.keys(nodesPackage['node-red'].nodes), ...Object.keys(ruleTypes), 'tab']);
    expect(shippedFlows.filter(({ type }) => !types.has(type))).toEqual([]);
    const [tab, ...further] = shippedFlows.filter(({ type }) => type === 'tab');
    expect(tab).toMatchObject({ label: 'campus-edge', locked: true, disabled: false });
    expect(further).toEqual([]);
    const placed = shippedFlows.filter((entry) => 'wires' in entry);
    expect(placed.filter((entry) => entry['z'] !== tab?.id)).toEqual([]);
  });

  it('lead from the contract through each rule to the gateway', () => {
    const ends = shippedFlows.flatMap((entry) => wiresOf(entry).map((to) => byId.get(to)?.type));
    expect(ends).not.toContain(undefined);
    for (const rule of rules) {
      expect(wiresOf(rule)).toEqual(['campus-alert-out']);
      const sources = shippedFlows.filter((entry) => wiresOf(entry).includes(rule.id));
      expect(sources.every(({ type }) => type === 'campus-in')).toBe(true);
      const heard = sources.map((source) => source['measurement'] || source['channel']);
      expect(heard).toEqual(rule.type === 'campus-absence' ? ['heard', 'state'] : [rule['measurement']]);
      expect(sources.length).toBeGreaterThan(0);
    }
  });

  it('have settings that read, and watch fields and tags that the contract has', () => {
    for (const node of rules) {
      expect(ruleTypes[node.type]?.(node).ruleId).toBe(node['rule']);
      if (node.type === 'campus-absence') continue;
      const [measurement, field, tags, filter] = ['measurement', 'field', 'subject_tag', 'filter'].map((key) =>
        String(node[key]),
      );
      const spec = measurement === 'state' ? stateSpec : measurementSpec(measurement ?? '');
      expect(Object.keys(spec?.fields ?? {})).toContain(field);
      for (const [tag] of tags?.matchAll(/\w+/g) ?? []) expect(Object.keys(spec?.tags ?? {})).toContain(tag);
      for (const [name] of filter?.matchAll(/\w+(?=!?=|$|,)/g) ?? []) {
        const isValue = new RegExp(`=\\s*${name}`).test(filter ?? '');
        if (!isValue) expect(Object.keys({ ...spec?.fields, ...spec?.tags })).toContain(name);
      }
    }
  });

  it('hold the rules that the configuration knows, classed by GB/T 20986-2023', () => {
    const { properties } = flowsConfig.properties.flows.properties.rules;
    expect(rules.map((rule) => rule['rule']).toSorted()).toEqual(Object.keys(properties).toSorted());
    const classed = Object.fromEntries(
      rules.map((rule) => [rule['rule'], `${rule['class']} ${rule['sub_class']} ${rule['level']}`]),
    );
    const fault = 'facility-fault 技术故障 4';
    const anomaly = 'anomaly 流量异常 4';
    const others = {
      'link-saturated': anomaly,
      'traffic-unusual': anomaly,
      'wifi-channel-busy': anomaly,
      'resolver-wrong': 'network-attack 域名劫持 4',
    };
    expect(classed).toEqual({ ...Object.fromEntries(Object.keys(classed).map((rule) => [rule, fault])), ...others });
  });

  it('are switched on, but the one that has to be wished for', () => {
    expect(rules.filter(({ enabled }) => enabled !== true).map((rule) => rule['rule'])).toEqual(['traffic-unusual']);
  });

  it('are explained in both languages', () => {
    for (const entry of [...rules, ...shippedFlows.filter(({ type }) => type === 'tab')]) {
      expect(entry['info']).toMatch(/[a-z]{3}[^\n]*\n\n[^\n]*\p{Script=Han}/u);
    }
  });
});
