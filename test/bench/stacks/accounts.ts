import { openAdmin } from '../../../gateway/admin.ts';
import type { Home } from '../../../runtime/home.ts';
import type { Account } from '../load/account.ts';

const SITE = 'school';

/** Accounts that are made at once: a gate in the product lets no more wait. */
const AT_ONCE = 400;

/** Who may use a home: devices by MQTT, this program by HTTP. */
export interface Access {
  accounts: Account[];
  /** A token of an administrator. */
  token: string;
}

/** Makes accounts in a home, whether or not its gateway runs. */
export async function makeAccess(
  home: Home,
  { devices, prefix = 'd', onProgress }: { devices: number; prefix?: string; onProgress?: (made: number) => void },
): Promise<Access> {
  const admin = openAdmin(home, { actor: 'bench', now: Date.now });
  try {
    const accounts: Account[] = [];
    while (accounts.length < devices) {
      const count = Math.min(AT_ONCE, devices - accounts.length);
      const ids = Array.from({ length: count }, (_, index) => deviceId(prefix, accounts.length + index));
      const added = await Promise.all(ids.map((device) => admin.addDevice({ site: SITE, device })));
      accounts.push(...added.map((access, index) => ({ ...access, device: ids[index]! })));
      onProgress?.(accounts.length);
    }
    return { accounts, token: admin.createToken({ name: `bench-${prefix}`, role: 'admin' }).secret };
  } finally {
    admin.close();
  }
}

/** Devices for a broker that has no accounts. */
export function anonymousAccounts(devices: number): Account[] {
  return Array.from({ length: devices }, (_, index) => ({ site: SITE, device: deviceId('d', index) }));
}

/** `d-0007` */
function deviceId(prefix: string, index: number): string {
  return `${prefix}-${String(index).padStart(4, '0')}`;
}
