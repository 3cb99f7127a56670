import { describe, expect, it } from 'vitest';
import {
  initialLanguage,
  initialTheme,
  keepLanguage,
  keepTheme,
} from '../../../../dashboards/console/src/session/choice.ts';

/** A browser's local storage. */
function storage(): {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
} {
  const entries = new Map<string, string>();
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  };
}

describe('initialLanguage', () => {
  it.each([
    [['zh-Hans-CN', 'en'], 'zh-CN'],
    [['zh-TW'], 'zh-CN'],
    [['de-DE', 'en-GB', 'zh'], 'en'],
    [['fr'], 'en'],
    [[], 'en'],
  ])('for a browser of %j is %s', (preferred, language) => {
    expect(initialLanguage(storage(), preferred)).toBe(language);
  });

  it('is what was chosen before, whatever the browser prefers', () => {
    const store = storage();
    keepLanguage(store, 'zh-CN');
    expect(initialLanguage(store, ['en'])).toBe('zh-CN');
    store.setItem('campus-edge.language', 'klingon');
    expect(initialLanguage(store, ['en'])).toBe('en');
  });
});

describe('initialTheme', () => {
  it('follows the system until one is chosen, and again when that is taken back', () => {
    const store = storage();
    expect(initialTheme(store)).toBe('auto');
    keepTheme(store, 'dark');
    expect(initialTheme(store)).toBe('dark');
    keepTheme(store, 'auto');
    expect(initialTheme(store)).toBe('auto');
  });
});
