import type { FastifyError, FastifyReply } from 'fastify';
import { type Static, Type } from '#typebox';
import { CampusError, type ErrorCode, errorCodes, errorSpec } from '../../contract/errors.ts';
import { Throttled } from '../access/login-throttle.ts';

/** A problem document (RFC 9457 §3) with the product's code. */
export const Problem = Type.Object({
  type: Type.String({ description: 'urn:campus-edge:error:{code}' }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.Enum(Object.keys(errorCodes) as ErrorCode[]),
  detail: Type.String(),
});
export type Problem = Static<typeof Problem>;

export const PROBLEM_TYPE = 'application/problem+json';

/** What a client learns of an error that is none of its business. */
const INTERNAL_DETAIL = 'the gateway met an error that it did not expect; its log has the details';

/** The document of a code. @param status where it differs from the code's own */
export function problemOf(code: ErrorCode, detail: string, status = errorSpec(code).status ?? 500): Problem {
  return { type: `urn:campus-edge:error:${code}`, title: errorSpec(code).en, status, code, detail };
}

/** The document of whatever was thrown. Errors that no code describes become `internal` and tell nothing of the inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof CampusError && errorSpec(error.code).status !== undefined)
    return problemOf(error.code, error.message);
  if (isBusy(error))
    return problemOf('not_ready', 'another program is changing the accounts of this gateway: try again');
  return isFastifyError(error) ? fastifyProblem(error) : problemOf('internal', INTERNAL_DETAIL);
}

/** SQLITE_BUSY (https://sqlite.org/rescode.html#busy): the command line had the registry for longer than the gateway waits for anybody. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

/** Sends a problem as the answer, with the headers that its status asks for (RFC 9110 §11.6.1, §10.2.3). */
export function sendProblem(reply: FastifyReply, problem: Problem, error?: unknown): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="campus-edge"');
  if (error instanceof Throttled) reply.header('retry-after', error.retryAfterSeconds);
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function fastifyProblem(error: FastifyError): Problem {
  if (error.validation !== undefined) return problemOf('request_invalid', validationDetail(error));
  if (error.code === 'FST_ERR_HANDLER_TIMEOUT')
    return problemOf('store_unavailable', 'the answer took too long: ask for less');
  const status = error.statusCode ?? 500;
  if (status === 413) return problemOf('payload_too_large', error.message);
  if (status === 404 || status === 403) return problemOf('not_found', 'there is nothing at this address');
  if (status >= 400 && status < 500) return problemOf('request_invalid', error.message, status);
  return problemOf('internal', INTERNAL_DETAIL);
}

/** Which part of the request, where in it, and what was expected: `querystring/limit: must be <= 500`. */
function validationDetail({ validation = [], validationContext }: FastifyError): string {
  // A name that there is not comes as two errors, of which the other one explains nothing.
  const first = validation.find(({ keyword }) => keyword === 'additionalProperties') ?? validation[0];
  const extra = first?.params['additionalProperties'];
  const names = Array.isArray(extra) ? `: ${extra.join(', ')}` : '';
  return `${validationContext ?? 'request'}${first?.instancePath ?? ''}: ${first?.message ?? 'does not fit its schema'}${names}`.slice(
    0,
    300,
  );
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}
