import { type Language, languages } from '../format/number.ts';

/** Where choices are kept: the browser's local storage holds these and nothing else. */
export interface ChoiceStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const LANGUAGE_KEY = 'campus-edge.language';
const THEME_KEY = 'campus-edge.theme';

/**
 * The language to start in: the one chosen before, else the first of the browser's languages that the product speaks.
 * @param preferred as `navigator.languages`: BCP 47 tags, the dearest first
 */
export function initialLanguage(store: ChoiceStore, preferred: readonly string[]): Language {
  const stored = store.getItem(LANGUAGE_KEY);
  const known = languages.find((language) => language === stored);
  if (known !== undefined) return known;
  const spoken = preferred.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => tag === 'zh' || tag === 'en');
  return spoken === 'zh' ? 'zh-CN' : 'en';
}

export function keepLanguage(store: ChoiceStore, language: Language): void {
  store.setItem(LANGUAGE_KEY, language);
}

/** The theme chosen before; `auto` follows the system. */
export function initialTheme(store: ChoiceStore): Theme {
  const stored = store.getItem(THEME_KEY);
  return themes.find((theme) => theme === stored) ?? 'auto';
}

export function keepTheme(store: ChoiceStore, theme: Theme): void {
  if (theme === 'auto') store.removeItem(THEME_KEY);
  else store.setItem(THEME_KEY, theme);
}
