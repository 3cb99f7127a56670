import { describe, expect, it } from 'vitest';
import { languageOf } from '../../cli/language.ts';

describe('languageOf', () => {
  it('takes --lang wherever it stands, in both spellings', () => {
    expect(languageOf(['device', 'add', 'x', '--lang', 'zh-CN'], { LANG: 'en_GB.UTF-8' })).toBe('zh-CN');
    expect(languageOf(['--lang=en', 'up'], { LC_ALL: 'zh_CN.UTF-8' })).toBe('en');
  });

  it('reads the locale in the order of POSIX', () => {
    expect(languageOf([], { LANG: 'zh_CN.UTF-8' })).toBe('zh-CN');
    expect(languageOf([], { LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'C' })).toBe('en');
    expect(languageOf([], { LANG: 'en_US.UTF-8', LC_MESSAGES: 'C', LC_ALL: 'zh_CN' })).toBe('zh-CN');
    expect(languageOf([], { LANG: 'zh_CN.UTF-8', LC_ALL: '' })).toBe('zh-CN');
  });

  it('speaks English where nothing is asked for, or something unknown', () => {
    expect(languageOf([], {})).toBe('en');
    expect(languageOf(['--lang', 'tlh'], { LANG: 'de_DE.UTF-8' })).toBe('en');
    expect(languageOf(['--lang'], {})).toBe('en');
  });
});
