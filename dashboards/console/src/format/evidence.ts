import type { AlertEvidence } from '../../../../contract/alert.ts';
import type { FieldSpec } from '../../../../contract/measurement.ts';
import { measurementSpec } from '../../../../contract/measurements/index.ts';
import { type Ipv6Summary, ipv6Summaries } from '../../../../contract/measurements/ipv6.ts';
import { formatValue, type Language } from './number.ts';

/** What was measured, ready to be shown; parts that the alert does not have are absent. */
export interface EvidenceText {
  /** Name of the field in the user's language, or its wire name where the contract does not know it. */
  label?: string;
  value?: string;
  threshold?: string;
}

/**
 * The measured facts behind an alert in the user's language, with names and units from the contract.
 * @param stateName the name of an IPv6 state: `ipv6.level` is a state in disguise
 */
export function evidenceText(
  evidence: AlertEvidence,
  language: Language,
  stateName: (state: Ipv6Summary) => string,
): EvidenceText {
  const spec = fieldSpec(evidence);
  const isState = evidence.measurement === 'ipv6' && evidence.field === 'level';
  const format = (value: number): string => {
    const state = isState ? ipv6Summaries[value] : undefined;
    return state === undefined ? formatValue(value, unitOf(evidence, spec), language) : stateName(state);
  };
  const label = isState
    ? 'IPv6'
    : spec === undefined
      ? evidence.field
      : shortName(language === 'en' ? spec.en : spec.zh);
  const { value, threshold } = evidence;
  const what = evidence.value_is === undefined ? undefined : valueIs[evidence.value_is][language];
  return {
    ...(label === undefined ? {} : { label: what === undefined ? label : `${label} · ${what}` }),
    ...(value === undefined ? {} : { value: typeof value === 'number' ? format(value) : String(value) }),
    ...(threshold === undefined ? {} : { threshold: format(threshold) }),
  };
}

/** What an alert's value is, where it is not one of the field. */
const valueIs = {
  change: { en: 'change', 'zh-CN': '变化量' },
  count: { en: 'changes', 'zh-CN': '变化次数' },
  share: { en: 'share of devices', 'zh-CN': '设备占比' },
} as const satisfies Record<NonNullable<AlertEvidence['value_is']>, Record<Language, string>>;

/** A number of changes has no unit, a share of devices is in percent, whatever the field is measured in. */
function unitOf({ value_is: is }: AlertEvidence, spec: FieldSpec | undefined): string | undefined {
  if (is === 'count') return undefined;
  return is === 'share' ? '%' : spec?.unit;
}

/** `Use of the link: the busier direction …` without its explanation. */
function shortName(name: string): string {
  return name.split(/[:：（]| \(/)[0] ?? name;
}

function fieldSpec({ measurement, field }: AlertEvidence): FieldSpec | undefined {
  if (measurement === undefined || field === undefined) return undefined;
  const fields: Readonly<Record<string, FieldSpec>> = measurementSpec(measurement)?.fields ?? {};
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}
