import { InvalidArgumentError, Option } from 'commander';
import type { TokenScope } from '../gateway/admin.ts';
import type { Speaker } from './terminal.ts';

const unitsMs: Readonly<Record<string, number>> = { h: 3600_000, d: 86_400_000 };
/** As the gateway has it: a test compares the two, and help answers without loading it. */
const LIFE_MAX_DAYS = 730;

/** Every scope the gateway knows: the compiler says so when one is missing or gone. */
const scopes: Readonly<Record<TokenScope, true>> = {
  measurements: true,
  devices: true,
  alerts: true,
  events: true,
  stream: true,
  metrics: true,
  audit: true,
  backups: true,
  accounts: true,
};

/** `--scope`: what a token is narrowed to, beside its role. */
export function scopeOption(speaker: Speaker): Option {
  const names = Object.keys(scopes).join(', ');
  const description = speaker.say({
    en: `narrow it to one or more of: ${names}; unless told it may whatever its role may`,
    'zh-CN': `限定用途，可多选：${names}；不填则与角色权限相同`,
  });
  return new Option('--scope <scope...>', description).choices(Object.keys(scopes));
}

/** `--ttl`: how long a token holds, ms. */
export function ttlOption(speaker: Speaker): Option {
  const description = speaker.say({
    en: `how long it holds: 12h, 90d; at most ${LIFE_MAX_DAYS}d, 365d unless told`,
    'zh-CN': `有效期：12h、90d；最长 ${LIFE_MAX_DAYS}d，默认 365d`,
  });
  return new Option('--ttl <time>', description).argParser((text: string): number => {
    const [, digits = '', unit = ''] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? [];
    const lifeMs = Number(digits) * (unitsMs[unit] ?? 0);
    if (lifeMs > 0 && lifeMs <= LIFE_MAX_DAYS * 86_400_000) return lifeMs;
    throw new InvalidArgumentError(
      speaker.say({
        en: `Expected hours or days such as 12h or 90d, at most ${LIFE_MAX_DAYS}d.`,
        'zh-CN': `应为小时或天数，如 12h 或 90d，最长 ${LIFE_MAX_DAYS}d。`,
      }),
    );
  });
}
