import { type ComputedRef, computed } from 'vue';
import { createI18n, useI18n } from 'vue-i18n';
import type { Language } from '../format/number.ts';
import { initialLanguage, keepLanguage } from '../session/choice.ts';
import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';

/** All texts of the console: both languages are small enough to be always there. */
export const i18n = createI18n({
  legacy: false,
  locale: initialLanguage(localStorage, navigator.languages) as string,
  fallbackLocale: 'en',
  messages: { en, 'zh-CN': zhCn },
});

/** The texts and the language, inside a component. */
export function useText(): {
  t: ReturnType<typeof useI18n>['t'];
  te: (key: string) => boolean;
  language: ComputedRef<Language>;
} {
  const { t, te, locale } = useI18n();
  return { t, te: (key) => te(key, 'en'), language: computed(() => (locale.value === 'en' ? 'en' : 'zh-CN')) };
}

/** Switches the language and remembers it. */
export function chooseLanguage(language: Language): void {
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
  keepLanguage(localStorage, language);
}

/** Tells the browser, and with it screen readers and font selection, which language the page is in. */
export function announceLanguage(): void {
  document.documentElement.lang = i18n.global.locale.value;
}
