import { request as httpsRequest, type RequestOptions } from 'node:https';
import { type Static, type TSchema, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError, type ErrorCode, errorCodes } from '../../contract/errors.ts';
import { GATEWAY_NAME } from '../../contract/gateway-name.ts';

const TIMEOUT_MS = 20_000;
/** A certificate and its authority have 2 KiB; of an explanation a person reads a few lines. */
const ANSWER_BYTES_MAX = 64 * 1024;
const DETAIL_CHARS_MAX = 1000;

const problem = Compile(
  Type.Object({ code: Type.Enum(Object.keys(errorCodes) as ErrorCode[]), detail: Type.String() }),
);

export interface GatewayRequest<S extends TSchema> {
  /** https://host:port of the gateway. */
  base: string;
  /** Below /api/v1. */
  path: string;
  /** Sent as JSON by POST; a GET without. */
  body?: unknown;
  answer: S;
  /**
   * The authority that must have signed the gateway's certificate, PEM. Only without one is anybody believed, for what may be compared
   * with a hash afterwards.
   */
  authority: string | undefined;
  /** Gives the question up. */
  signal?: AbortSignal;
}

/**
 * Asks a gateway. With an authority nothing is sent before the gateway has shown a certificate of that authority.
 * @throws CampusError `gateway_unreachable`, `gateway_not_verified`, or what the gateway answers with; the signal's reason
 */
export async function askGateway<S extends TSchema>(ask: GatewayRequest<S>): Promise<Static<S>> {
  const { status, text } = await send(ask).catch((error: unknown) => {
    ask.signal?.throwIfAborted();
    throw error;
  });
  const value = parse(text);
  if (status >= 400 && problem.Check(value)) throw new CampusError(value.code, value.detail.slice(0, DETAIL_CHARS_MAX));
  const validator = Compile(ask.answer);
  if (status < 300 && validator.Check(value)) return value;
  throw new CampusError(
    'gateway_unreachable',
    `expected a campus-edge gateway at ${ask.base}, got an answer of something else (status ${status})`,
  );
}

function send({
  base,
  path,
  body,
  authority,
  signal,
}: GatewayRequest<TSchema>): Promise<{ status: number; text: string }> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions = {
    method: payload === undefined ? 'GET' : 'POST',
    headers:
      payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
    // The name, and not the address, is what the certificate is checked for: addresses change.
    servername: GATEWAY_NAME,
    agent: false,
    minVersion: 'TLSv1.2',
    ...(authority === undefined ? { rejectUnauthorized: false } : { ca: authority }),
    signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]),
  };
  return new Promise((resolve, reject) => {
    const request = httpsRequest(new URL(`/api/v1/${path}`, base), options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) response.destroy(new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', (error) => reject(failure(base, error)));
    });
    request.on('error', (error) => reject(failure(base, error)));
    request.end(payload);
  });
}

/** Names of OpenSSL's and Node.js's refusals of a certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const notVerified = /CERT|SIGNATURE|CRL|INVALID_(CA|PURPOSE)|HOSTNAME|ISSUER|ALTNAME/;

function failure(base: string, error: NodeJS.ErrnoException): CampusError {
  const code = error.code ?? '';
  if (code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED') {
    const now = new Date().toISOString();
    return new CampusError(
      'gateway_not_verified',
      `the certificate of ${base} does not hold at ${now}, which is the time of this machine: set its clock, and try again`,
      { cause: error },
    );
  }
  if (notVerified.test(code)) {
    return new CampusError(
      'gateway_not_verified',
      `what answers at ${base} is not the gateway that is meant (${code}): nothing secret was sent; somebody may be in between`,
      { cause: error },
    );
  }
  const detail = error.message || code || 'no answer';
  return new CampusError('gateway_unreachable', `${base} does not answer: ${detail}`, { cause: error });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
