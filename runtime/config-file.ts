import { existsSync, readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { Static, TObject } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../contract/errors.ts';

/** Top-level keys of campus-edge.yaml; each process checks the parts it reads, `config check` checks them all. */
export const configSections = ['site', 'log', 'agent', 'gateway', 'flows'] as const;

/** An alias that repeats a block of settings is welcome; hundreds that unfold one another are an attack on the memory. */
const ALIASES_MAX = 10;

/**
 * Reads campus-edge.yaml. A missing or empty file is an empty configuration: every key has a default.
 * @throws CampusError `config_invalid` naming file, line and what is wrong
 */
export function readConfigFile(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  const lineCounter = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter, prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new CampusError('config_invalid', `${path}: ${error.message.split('\n')[0]?.replace(/:$/, '')}`, {
      cause: error,
    });
  }
  const value = contentOf(path, document);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CampusError(
      'config_invalid',
      `${path}: expected keys (${configSections.join(', ')}), got ${describe(value)}`,
    );
  }
  const unknown = Object.keys(value).find((key) => !(configSections as readonly string[]).includes(key));
  if (unknown !== undefined) {
    throw new CampusError(
      'config_invalid',
      `${path}: unknown key "${unknown}", expected one of ${configSections.join(', ')}`,
    );
  }
  return value as Record<string, unknown>;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CampusError('config_invalid', `${path}: expected a file that can be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** @throws CampusError `config_invalid` for aliases that refer to nothing, or that unfold a small file into a large value */
function contentOf(path: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {};
  } catch (error) {
    throw new CampusError(
      'config_invalid',
      `${path}: expected at most ${ALIASES_MAX} uses of YAML aliases, each of an anchor above it: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/**
 * Checks the part of a configuration that `schema` describes and fills in its defaults.
 * @param path the file, named in errors
 * @param config what `readConfigFile` returned; keys of other sections are left alone
 * @throws CampusError `config_invalid` naming the key's path, the value and what is allowed
 */
export function checkConfig<S extends TObject>(path: string, config: Record<string, unknown>, schema: S): Static<S> {
  const validator = Compile(schema);
  const known = Object.fromEntries(Object.entries(config).filter(([key]) => Object.hasOwn(schema.properties, key)));
  const value: unknown = validator.Default(known);
  if (validator.Check(value)) return value;
  const [error] = validator.Errors(value);
  const pointer = error?.instancePath ?? '';
  const expected = allowed(schema, pointer) ?? error?.message;
  throw new CampusError(
    'config_invalid',
    `${path}: ${pointer.slice(1).replaceAll('/', '.') || 'file'}: ${expected}, got ${describe(at(value, pointer))}`,
  );
}

function at(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((parent, key) => (parent as Record<string, unknown> | undefined)?.[key], value);
}

type SchemaNode = { properties?: Record<string, SchemaNode>; description?: string };

/** What is allowed at a pointer, in words: the keys that exist there, or the schema's `description`. */
function allowed(schema: TObject, pointer: string): string | undefined {
  let node: SchemaNode | undefined = schema as SchemaNode;
  for (const key of pointer.split('/').slice(1)) {
    const keys: string[] = Object.keys(node?.properties ?? {});
    node = node?.properties?.[key];
    if (node === undefined && keys.length > 0) return `unknown key, expected one of ${keys.join(', ')}`;
  }
  if (node?.properties !== undefined) return undefined;
  return node?.description === undefined ? undefined : `expected ${node.description}`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
