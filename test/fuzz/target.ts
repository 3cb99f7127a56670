import { installationCache } from '../../cli/compiled-code.js';
import { type Role, roles } from '../../gateway/access/roles.ts';
import { openAdmin } from '../../gateway/admin.ts';
import { openHome, readCredentials } from '../../runtime/home.ts';
import { Gateway } from '../faults/machine/gateway.ts';
import type { Account } from '../faults/mqtt/connection.ts';
import { Legitimate } from './legitimate.ts';

const SITE = 'school';
const LEGITIMATE = 8;

export interface TargetSize {
  /** Accounts that the attackers hold, besides none at all. */
  accounts: number;
  tokensPerRole: number;
}

/** A really started gateway, devices that do nothing wrong, and what its attackers have got hold of. */
export class Target {
  readonly gateway: Gateway;
  readonly legitimate: Legitimate;
  readonly accounts: readonly Account[];
  readonly tokens: readonly string[];
  readonly flows: Account;

  private constructor(parts: Pick<Target, 'gateway' | 'legitimate' | 'accounts' | 'tokens' | 'flows'>) {
    this.gateway = parts.gateway;
    this.legitimate = parts.legitimate;
    this.accounts = parts.accounts;
    this.tokens = parts.tokens;
    this.flows = parts.flows;
  }

  static async start(home: string, size: TargetSize): Promise<Target> {
    // As `npm start` has it: a home's own would be empty, and filling it takes the gateway the better part of a second, half a minute later.
    const cache = installationCache();
    const env = cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };
    const gateway = await Gateway.prepare({ home, config: `site: ${SITE}\n`, env });
    const admin = openAdmin(openHome(home), { now: Date.now, actor: 'fuzz' });
    const accounts: Account[] = [];
    for (let n = 0; n < size.accounts; n += 1)
      accounts.push(await admin.addDevice({ site: SITE, device: `fuzz-${n}` }));
    const devices = [];
    for (let n = 0; n < LEGITIMATE; n += 1) {
      const device = `right-${n}`;
      devices.push({ device, account: await admin.addDevice({ site: SITE, device }) });
    }
    const tokens = roles.flatMap((role: Role) =>
      Array.from({ length: size.tokensPerRole }, () => admin.createToken({ role }).secret),
    );
    admin.close();
    await gateway.start();
    const legitimate = new Legitimate({ port: gateway.mqttPort, site: SITE, devices });
    await legitimate.connected();
    const flows = readCredentials(openHome(home), 'flows') ?? { username: '', password: '' };
    return new Target({ gateway, legitimate, accounts, tokens, flows });
  }

  async end(): Promise<void> {
    await this.legitimate.end();
    await this.gateway.end('SIGTERM');
  }
}
