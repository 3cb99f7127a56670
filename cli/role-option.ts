import { Option } from 'commander';
import type { Role } from '../gateway/admin.ts';
import type { Speaker } from './terminal.ts';

/** Every role the gateway knows: the compiler says so when one is missing or gone. */
const roles: Readonly<Record<Role, true>> = { viewer: true, operator: true, admin: true, auditor: true };

/** `--role`, without which nobody is let in by mistake. */
export function roleOption(speaker: Speaker): Option {
  const description = speaker.say({
    en: 'viewer (reads), operator (also handles alerts and exports), admin (everything) or auditor (reads the audit log only)',
    'zh-CN': 'viewer（只读）、operator（可处置告警、导出数据）、admin（全部权限）或 auditor（仅审计日志）',
  });
  return new Option('--role <role>', description).choices(Object.keys(roles)).makeOptionMandatory();
}
