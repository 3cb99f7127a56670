import type { LocalText } from './alert.ts';

/** The languages of the product. */
export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

/** A text for people in one of the product's languages; both must be given. */
export function pick(language: Language, text: LocalText): string {
  return text[language];
}
