import type { Static, TSchema } from '#typebox';
import type { Validator } from '#typebox/compile';
import { writePrivateFile } from '../runtime/home.ts';
import type { Logger } from '../runtime/log.ts';
import { readTextIfThere } from './files.ts';

/**
 * Reads a JSON file that this process keeps for itself.
 * @returns undefined when there is none, or when it does not have the expected shape, which is logged: whoever asks goes on without it
 */
export function readJsonFile<S extends TSchema>(
  path: string,
  validator: Validator<Record<string, never>, S>,
  log: Logger,
): Static<S> | undefined {
  const text = readTextIfThere(path);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (validator.Check(value)) return value;
  log.error({ code: 'parse_failed', file: path }, `${path} does not read as expected: going on without it`);
  return undefined;
}

/** Writes a JSON file whole or not at all, for its owner only. */
export function writeJsonFile(path: string, value: unknown): void {
  writePrivateFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** The value of a JSON text; undefined, which no JSON text is, when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
