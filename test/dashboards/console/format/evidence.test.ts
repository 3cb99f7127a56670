import { describe, expect, it } from 'vitest';
import { evidenceText } from '../../../../dashboards/console/src/format/evidence.ts';

const stateName = (state: string): string => `<${state}>`;

describe('evidenceText', () => {
  it('names and measures by the contract, in both languages', () => {
    const evidence = {
      measurement: 'network',
      field: 'utilisation_percent',
      value: 96.23,
      threshold: 90,
      for_seconds: 60,
    };
    expect(evidenceText(evidence, 'en', stateName)).toEqual({
      label: 'Use of the link',
      value: '96.2\u00a0%',
      threshold: '90\u00a0%',
    });
    expect(evidenceText(evidence, 'zh-CN', stateName)).toMatchObject({ label: '链路利用率' });
  });

  it('shows an IPv6 level as the state that it is', () => {
    const evidence = { measurement: 'ipv6', field: 'level', value: 1, threshold: 3 };
    expect(evidenceText(evidence, 'en', stateName)).toEqual({
      label: 'IPv6',
      value: '<link-local>',
      threshold: '<routed>',
    });
  });

  it('shows what the contract does not know as it came', () => {
    expect(evidenceText({ measurement: 'modbus', field: 'lamp_hours', value: 1200 }, 'en', stateName)).toEqual({
      label: 'lamp_hours',
      value: '1,200',
    });
    expect(evidenceText({ field: 'toString', measurement: 'system', value: true }, 'en', stateName)).toEqual({
      label: 'toString',
      value: 'true',
    });
    expect(evidenceText({}, 'en', stateName)).toEqual({});
  });
});
