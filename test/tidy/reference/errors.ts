import { type ErrorSpec, errorCodes } from '../../../contract/errors.ts';
import { markdownTable } from './markdown.ts';

/** Every code with its HTTP status, where the API answers with it, and both texts. */
export function errorsReference(): string {
  const rows = Object.entries<ErrorSpec>(errorCodes).map(([code, { status, en, zh }]) => [
    `\`${code}\``,
    status === undefined ? '' : String(status),
    en,
    zh,
  ]);
  return markdownTable(['code', 'HTTP', 'English', '中文'], rows);
}
