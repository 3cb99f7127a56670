import type { Static, TSchema } from '#typebox';
import type { Validator } from '#typebox/compile';
import type { ErrorCode } from './errors.ts';
import { limits } from './limits.ts';

/** Why a payload was refused: a documented code and what was expected, what came and where. */
export interface Rejection {
  code: ErrorCode;
  detail: string;
  /** True when the sender can mend the message: it is to be left unacknowledged, so that the sender keeps it. */
  mendable?: true;
}

/** True for the refusal and false for the value that a decoder of this file, or `parseTelemetry`, returns. */
export function isRejection(value: object): value is Rejection {
  return 'code' in value && 'detail' in value;
}

/** An escape of half a surrogate pair: the only way in which a string of JSON can be no Unicode text (RFC 8259 §8.2). */
const surrogateEscape = /\\u[dD][89a-fA-F]/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Looks at JSON before the schema does and says what is wrong with it: for bounds that are cheap to see and costly to report. */
export type Precheck = (json: unknown) => string | undefined;

/**
 * Decodes a payload of any channel as far as that is possible without its schema: bounded bytes, UTF-8, JSON, Unicode text.
 * @returns the value, wrapped so that it cannot be taken for a refusal, or the reason to refuse it; never throws
 */
export function decodeJson(payload: Uint8Array, precheck: Precheck = () => undefined): { value: unknown } | Rejection {
  if (payload.byteLength > limits.payloadBytes) {
    return {
      code: 'payload_too_large',
      detail: `expected at most ${limits.payloadBytes} bytes, got ${payload.byteLength}`,
    };
  }
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return { code: 'not_utf8', detail: 'expected UTF-8 (RFC 8259 §8.1), got an invalid byte sequence' };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { code: 'not_json', detail: `expected JSON, got ${(error as SyntaxError).message}`.slice(0, 200) };
  }
  const fault = (surrogateEscape.test(text) ? illFormed(json) : undefined) ?? precheck(json);
  return fault === undefined ? { value: json } : { code: 'wrong_shape', detail: fault };
}

/**
 * Decodes a payload of any channel and checks it against its schema.
 * @returns the checked value, wrapped so that it cannot be taken for a refusal, or the reason to refuse it; never throws
 */
export function decodePayload<S extends TSchema>(
  payload: Uint8Array,
  validator: Validator<Record<string, never>, S>,
  precheck?: Precheck,
): { value: Static<S> } | Rejection {
  const decoded = decodeJson(payload, precheck);
  return isRejection(decoded) ? decoded : checkShape(decoded.value, validator);
}

/** Checks a value against a schema; wrapped as `decodePayload` does it. */
export function checkShape<S extends TSchema>(
  json: unknown,
  validator: Validator<Record<string, never>, S>,
): { value: Static<S> } | Rejection {
  return validator.Check(json) ? { value: json } : { code: 'wrong_shape', detail: firstError(validator, json) };
}

/** Where and how a value misses the schema, in one bounded line; the value itself is not repeated. */
function firstError<S extends TSchema>(validator: Validator<Record<string, never>, S>, json: unknown): string {
  const [error] = validator.Errors(json);
  return `${error?.instancePath || '/'}: ${error?.message ?? 'not of the expected shape'}`.slice(0, 300);
}

/**
 * Finds a string, key or value, that is not well-formed Unicode. Two such strings that differ here are the same text in UTF-8,
 * where every store and log would confuse them.
 */
function illFormed(json: unknown): string | undefined {
  const waiting: unknown[] = [json];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string' && !value.isWellFormed())
      return 'expected Unicode text, got half a surrogate pair in a string';
    if (typeof value !== 'object' || value === null) continue;
    if (Object.keys(value).some((key) => !key.isWellFormed()))
      return 'expected Unicode text, got half a surrogate pair in a name';
    for (const child of Object.values(value)) waiting.push(child);
  }
  return undefined;
}
