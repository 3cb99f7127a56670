import { Type } from '#typebox';
import { Check } from '#typebox/value';

/** What ECharts hands to an axis tooltip, as far as it is used here. */
const Rows = Type.Array(
  Type.Object({
    seriesName: Type.String(),
    color: Type.String(),
    value: Type.Tuple([Type.Number(), Type.Union([Type.Number(), Type.Null()])]),
  }),
);

/**
 * The tooltip of a time chart as an element. ECharts' own is an HTML text with style attributes, which the page's
 * content security policy forbids; an element styled through the object model is not.
 */
export function tooltipElement(
  params: unknown,
  time: (time: number) => string,
  value: (value: number) => string,
): HTMLElement | string {
  if (!Check(Rows, params)) return '';
  const box = document.createElement('div');
  box.className = 'chart-tooltip';
  const head = box.appendChild(document.createElement('div'));
  head.className = 'chart-tooltip-time';
  head.textContent = time(params[0]?.value[0] ?? 0);
  for (const row of params) {
    if (row.value[1] === null) continue;
    const line = box.appendChild(document.createElement('div'));
    line.className = 'chart-tooltip-row';
    const swatch = line.appendChild(document.createElement('span'));
    swatch.className = 'chart-tooltip-swatch';
    swatch.style.background = row.color;
    line.appendChild(document.createElement('span')).textContent = row.seriesName;
    const number = line.appendChild(document.createElement('span'));
    number.className = 'chart-tooltip-value';
    number.textContent = value(Math.abs(row.value[1]));
  }
  return box;
}
