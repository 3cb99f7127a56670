import { type Language, languages } from '../contract/language.ts';

/**
 * The language to speak: `--lang` where it is given, else what the environment asks for (POSIX: LC_ALL over LC_MESSAGES over LANG), else English.
 * It must be known before the arguments are parsed, for the parser's own texts are in it: hence the look ahead.
 * @param argv the arguments after the program's name; a wrong `--lang` is left for the parser to refuse
 */
export function languageOf(argv: readonly string[], env: NodeJS.ProcessEnv): Language {
  const asked = languages.find((language) => language === langArgument(argv));
  if (asked !== undefined) return asked;
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

function langArgument(argv: readonly string[]): string | undefined {
  const index = argv.findIndex((argument) => argument === '--lang' || argument.startsWith('--lang='));
  return argv[index]?.startsWith('--lang=') ? argv[index].slice('--lang='.length) : argv[index + 1];
}
