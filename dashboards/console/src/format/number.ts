/** Languages of the product. */
export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

const NO_BREAK = '\u00a0';

/** A number with at most `digits` decimals and none that say nothing; the less the larger it is: 0.52, 9.4, 87, 1,204. */
export function formatNumber(value: number, language: Language, digits = 2): string {
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? Math.min(1, digits) : digits;
  return new Intl.NumberFormat(language, { maximumFractionDigits: decimals }).format(value);
}

/** 0.4 %, 12 %, 93.1 %: one decimal says enough about a share. */
export function formatPercent(value: number, language: Language): string {
  const decimals = Math.abs(value) >= 99.95 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: decimals }).format(value)}${NO_BREAK}%`;
}

/** Bytes in binary multiples, as memory and file systems are sized: 512 B, 1.5 KiB, 7.7 GiB. */
export function formatBytes(bytes: number, language: Language): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'], language);
}

/** Rates in decimal multiples, as links are sold: 640 bit/s, 12.4 Mbit/s. */
export function formatBitRate(bitsPerSecond: number, language: Language): string {
  return scaled(bitsPerSecond, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'], language);
}

/**
 * A value with the unit of its measurement's description.
 * @param unit of `FieldSpec.unit`: `B`, `%`, `bit/s`, `s`, …; absent for counts
 */
export function formatValue(value: number, unit: string | undefined, language: Language): string {
  if (unit === '%') return formatPercent(value, language);
  if (unit === 'B') return formatBytes(value, language);
  if (unit === 'bit/s') return formatBitRate(value, language);
  if (unit === 'Mbit/s') return formatBitRate(value * 1e6, language);
  const number = formatNumber(value, language);
  if (unit === '1/s') return `${number}/s`;
  return unit === undefined ? number : `${number}${NO_BREAK}${unit}`;
}

/** A difference with its sign: +2.1 ms, −0.4 ms. */
export function formatSigned(value: number, unit: string | undefined, language: Language): string {
  const sign = value > 0 ? '+' : '';
  return `${sign}${formatValue(value, unit, language)}`;
}

function scaled(value: number, base: number, units: readonly string[], language: Language): string {
  let size = Math.abs(value);
  let unit = 0;
  // Half a step below the next unit rounds into it: 999,999 is 1 M and not 1,000 k.
  while (size >= base - 0.5 && unit < units.length - 1) {
    size /= base;
    unit += 1;
  }
  const text = formatNumber(Math.sign(value) * size, language, unit === 0 ? 0 : 2);
  return `${text}${NO_BREAK}${units[unit]}`;
}
