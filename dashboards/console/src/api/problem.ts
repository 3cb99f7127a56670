import { Check } from '#typebox/value';
import { type ErrorCode, errorCodes } from '../../../../contract/errors.ts';
import type { Language } from '../format/number.ts';
import { Problem } from './schema.ts';

/** Codes of the contract, and two that only a client can have. */
export type ProblemCode = ErrorCode | 'unreachable' | 'answer_unexpected';

/** A request that failed, whatever the reason: `code` says what to tell the user. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;

  constructor(code: ProblemCode, status: number, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'ApiProblem';
    this.code = code;
    this.status = status;
  }
}

/**
 * Reads a problem document (RFC 9457), such as
 *
 *   {"type":"about:blank","title":"…","status":401,"code":"credentials_wrong","detail":"…"}
 *
 * Anything else, such as a proxy's HTML page, becomes the code that fits the status best.
 * @param status HTTP status of the answer
 * @param body the answer's text
 */
export function parseProblem(status: number, body: string): ApiProblem {
  const value = parseJson(body);
  if (Check(Problem, value) && isErrorCode(value.code)) {
    return new ApiProblem(value.code, status, value.detail ?? '');
  }
  return new ApiProblem(codeOfStatus(status), status, '');
}

/** What was thrown as a problem: a failed request as it is, anything else as an unexpected answer. */
export function toProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  return new ApiProblem('answer_unexpected', 0, String(thrown), { cause: thrown });
}

/** True when `code` is one of the contract's. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

/** What a code of the contract means; undefined for one that this console does not know. */
export function codeText(code: string | null | undefined, language: Language): string | undefined {
  if (code === undefined || code === null || !isErrorCode(code)) return undefined;
  return language === 'en' ? errorCodes[code].en : errorCodes[code].zh;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an expected answer here: the status alone then tells what happened.
    return undefined;
  }
}

function codeOfStatus(status: number): ProblemCode {
  if (status === 401) return 'not_authenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  // A gateway that is starting or stopped behind a proxy.
  if (status === 502 || status === 503 || status === 504) return 'unreachable';
  return status >= 500 ? 'internal' : 'answer_unexpected';
}
