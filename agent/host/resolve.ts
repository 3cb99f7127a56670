import { Resolver } from 'node:dns/promises';
import type { Resolution, ResolveOptions } from './host.ts';

/** Name servers on the campus answer within milliseconds, those of a provider within some tens. */
const TIMEOUT_MS = 1500;
const TRIES = 2;

/** How c-ares says what became of a question (node:dns, error codes). */
const outcomes: Readonly<Record<string, Resolution['outcome']>> = {
  ENODATA: 'no-data',
  ENOTFOUND: 'no-name',
  ESERVFAIL: 'server-failure',
  EREFUSED: 'refused',
  ETIMEOUT: 'timeout',
};

/** Asks one name server, and no other, by the family of its address. */
export async function resolve({ server, name, type }: ResolveOptions): Promise<Resolution> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  resolver.setServers([server]);
  try {
    const addresses = await (type === 'AAAA' ? resolver.resolve6(name) : resolver.resolve4(name));
    return { outcome: 'answer', addresses };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { outcome: outcomes[code] ?? 'failed', addresses: [] };
  }
}
