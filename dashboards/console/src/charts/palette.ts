/** Colours that a canvas needs as values; the style sheets have the same as variables. */
export interface Palette {
  /** Told apart also by people with a colour vision deficiency, at least in this order. */
  lines: readonly string[];
  text: string;
  grid: string;
  axis: string;
  surface: string;
}

export const lightPalette: Palette = {
  lines: ['#2472e8', '#e59d0c', '#0b8076', '#8b5cf6', '#dc4b83', '#5f9e1f', '#d9600f', '#64748b'],
  text: '#5f6c7d',
  grid: '#e9edf3',
  axis: '#c9d1dc',
  surface: '#ffffff',
};

export const darkPalette: Palette = {
  lines: ['#6aa6ff', '#f2b84b', '#2dd4bf', '#b197fc', '#f783ac', '#9adf5f', '#ff9f5a', '#94a3b8'],
  text: '#94a1b3',
  grid: '#222d3a',
  axis: '#3b495b',
  surface: '#151c25',
};

/** The colour of line number `index`, around again when there are many. */
export function lineColour(palette: Palette, index: number): string {
  return palette.lines[index % palette.lines.length] ?? palette.text;
}
