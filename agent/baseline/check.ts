import type { LocalText } from '../../contract/alert.ts';
import type { OwnPort } from '../../runtime/ports.ts';
import type { Host } from '../host/host.ts';
import type { BaselineConfig } from './config.ts';

/** The clauses of the self-check, as GB/T 22239-2019 groups its demands on a host. */
export const clauses = {
  identity: { en: 'Identity', 'zh-CN': '身份鉴别' },
  'access-control': { en: 'Access control', 'zh-CN': '访问控制' },
  audit: { en: 'Security audit', 'zh-CN': '安全审计' },
  'intrusion-prevention': { en: 'Intrusion prevention', 'zh-CN': '入侵防范' },
  'time-sync': { en: 'Time synchronisation', 'zh-CN': '时间同步' },
} as const satisfies Record<string, LocalText>;
export type Clause = keyof typeof clauses;

export const familyNames = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;
export type AddressFamily = keyof typeof familyNames;

/** One thing that was seen. Nothing is guessed: what cannot be read is `not-checked`, with the cause. */
export type Verdict =
  | { outcome: 'met'; evidence: LocalText }
  | {
      outcome: 'failed';
      evidence: LocalText;
      /** A shell line, for root, that mends it. */
      remedy: string;
    }
  | { outcome: 'not-checked'; because: LocalText };

/** What a check looks at. */
export interface Box {
  host: Host;
  config: BaselineConfig;
  /** Ports of this product's own services, which it needs. */
  ownPorts: readonly OwnPort[];
  signal: AbortSignal;
}

/** One demand on the box. */
export interface Check {
  /** A stable name, e.g. `password-rotation`. */
  readonly id: string;
  readonly clause: Clause;
  readonly requirement: (config: BaselineConfig) => LocalText;
  /** Set where the demand is one on a single address family. */
  readonly family?: AddressFamily;
  /** Its evidence names accounts, which are personal data: it stays on the box. */
  readonly personal?: true;
  /** @throws the system's error for what may not be read; CampusError `parse_failed` for what does not parse */
  look(box: Box): Promise<Verdict[]>;
}

export function met(en: string, zh: string): Verdict {
  return { outcome: 'met', evidence: { en, 'zh-CN': zh } };
}

export function failed(en: string, zh: string, remedy: string): Verdict {
  return { outcome: 'failed', evidence: { en, 'zh-CN': zh }, remedy };
}

export function notChecked(en: string, zh: string): Verdict {
  return { outcome: 'not-checked', because: { en, 'zh-CN': zh } };
}

/** The kernel was built, or started, without this family, or /proc is not there. */
export function noSockets(family: AddressFamily): Verdict {
  return notChecked(
    `the kernel shows no sockets of ${familyNames[family]}`,
    `内核未提供 ${familyNames[family]} 套接字信息`,
  );
}
