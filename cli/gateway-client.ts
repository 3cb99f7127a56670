import { setTimeout as delay } from 'node:timers/promises';
import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError, type ErrorCode, errorCodes } from '../contract/errors.ts';
import type { Admin } from '../gateway/admin.ts';

/** How long a token of ours holds: longer than any one call, should this process be killed. */
const TOKEN_LIFE_MS = 10 * 60 * 1000;
/** A token with less time left than this is replaced. */
const TOKEN_RENEW_MS = 60 * 1000;
/** A gateway that has noted itself answers within this time of its start. */
const START_MS = 10_000;
const RETRY_MS = 200;

const problem = Compile(
  Type.Object({ code: Type.Enum(Object.keys(errorCodes) as ErrorCode[]), detail: Type.String() }),
);

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal;
}

/** The API of the gateway that runs on a home, for the administrator who may read and write that home's files. */
export class GatewayClient {
  readonly #url: string;
  readonly #admin: Admin;
  #token: ReturnType<Admin['createStandIn']> | undefined;

  /** @param url as the gateway has noted it in the home */
  constructor(url: string, admin: Admin) {
    this.#url = url;
    this.#admin = admin;
  }

  /**
   * Sends a request below /api/v1.
   * @throws CampusError that the gateway answers with; `not_ready` when it does not answer; the signal's reason
   */
  async request(method: string, path: string, { body, signal }: RequestOptions = {}): Promise<Response> {
    const response = await this.#send(`${this.#url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#secret()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.ok) return response;
    const answer: unknown = await response.json();
    if (problem.Check(answer)) throw new CampusError(answer.code, answer.detail);
    throw new CampusError(
      'internal',
      `${method} ${path}: expected an answer of the gateway, got status ${response.status}`,
    );
  }

  /** Takes the token back. */
  end(): void {
    this.#token?.end();
    this.#token = undefined;
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const deadline = performance.now() + START_MS;
    while (true) {
      try {
        return await fetch(url, init);
      } catch (error) {
        init.signal?.throwIfAborted();
        if (!isRefused(error) || performance.now() > deadline) {
          throw new CampusError(
            'not_ready',
            `the gateway of this home does not answer at ${this.#url}: try again later`,
            {
              cause: error,
            },
          );
        }
      }
      await delay(RETRY_MS);
    }
  }

  #secret(): string {
    if (this.#token === undefined || this.#token.expiresAt < Date.now() + TOKEN_RENEW_MS) {
      this.end();
      this.#token = this.#admin.createStandIn({ role: 'admin', lifeMs: TOKEN_LIFE_MS });
    }
    return this.#token.secret;
  }
}

/** True when nobody listens, yet or any more: then the request has done nothing and may be sent again. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
