import type { LocalText } from '../../../contract/alert.ts';
import type { DataClass, MeasurementSpec } from '../../../contract/measurement.ts';
import type { GatewayConfig } from '../../config.ts';
import type { DatedTable } from '../../registry/table-extent.ts';

export type Settings = GatewayConfig['gateway'];

/** How long something is kept. */
export interface Keeping {
  /** The longest of the times that the text names; absent where no time ends it. */
  days?: number;
  text: LocalText;
}

/** What is kept beside the registry and can be measured by the running gateway. */
export type Elsewhere = 'spool' | 'keys' | 'backups';

/** One kind of data that a site keeps: what the privacy report and docs/privacy.md tell of it. */
export interface Holding {
  id: string;
  /** The most sensitive of what is in it. */
  dataClass: DataClass;
  what: LocalText;
  purpose: LocalText;
  place: LocalText;
  /** By the configuration in force. */
  keptFor: (settings: Settings) => Keeping;
  erasedBy: LocalText;
  /** The tables of the registry that hold it. */
  tables?: readonly DatedTable[];
  /** True for a measurement that belongs here; `spec` is undefined for those of other programs. */
  measurements?: (spec: MeasurementSpec | undefined) => boolean;
  elsewhere?: Elsewhere;
}

/** A time that the product itself sets. */
export function keptDays(days: number, text: (days: number) => LocalText): Keeping {
  return { days, text: text(days) };
}

export const inRegistry: LocalText = {
  en: 'registry (gateway/registry.sqlite)',
  'zh-CN': '注册表（gateway/registry.sqlite）',
};
export const byDevice: LocalText = {
  en: '`privacy erase --device`',
  'zh-CN': '`privacy erase --device`',
};
export const byUser: LocalText = { en: '`privacy erase --user`', 'zh-CN': '`privacy erase --user`' };
