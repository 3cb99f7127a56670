import type { Role } from '../api/schema.ts';

/** What each role may see and do; the gateway decides, the console only hides what would be refused. */
const rights = {
  viewer: ['observe'],
  operator: ['observe', 'handle', 'command'],
  admin: ['observe', 'handle', 'command', 'audit', 'flows', 'admit', 'manage'],
  auditor: ['audit'],
} as const satisfies Record<Role, readonly string[]>;

/**
 * `observe`: devices, values, alerts, rejects; `handle`: acknowledge and close alerts; `command`: have devices measure; `audit`: read the audit log;
 * `flows`: make rules in the editor of the flows; `admit`: let devices in and put them out; `manage`: tokens and bans.
 */
export type Right = (typeof rights)[Role][number];

export function mayRole(role: Role | undefined, right: Right): boolean {
  const granted: readonly Right[] = role === undefined ? [] : rights[role];
  return granted.includes(right);
}

/** The page a role starts on. */
export function homeOf(role: Role): 'overview' | 'audit' {
  return mayRole(role, 'observe') ? 'overview' : 'audit';
}
