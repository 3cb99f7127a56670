import { hasPassword, parsePasswd } from './accounts.ts';
import { type Check, failed, met, notChecked } from './check.ts';
import { readShadow } from './identity-checks.ts';
import { readDropIns, readSettings } from './readings.ts';
import { firstSetting } from './settings-file.ts';

/** Accounts that images and guides come with, and that attackers try first. */
const DEFAULT_NAMES = [
  'pi',
  'admin',
  'administrator',
  'user',
  'guest',
  'test',
  'demo',
  'ubuntu',
  'debian',
  'orangepi',
  'rock',
  'support',
];

const defaultAccounts: Check = {
  id: 'default-account',
  clause: 'access-control',
  personal: true,
  requirement: () => ({ en: 'no default account with a password', 'zh-CN': '不存在可用口令登录的默认账户' }),
  async look(box) {
    const entries = await readShadow(box);
    if (entries.length === 0) return [notChecked('there is no /etc/shadow', '没有 /etc/shadow')];
    const found = entries.filter((entry) => DEFAULT_NAMES.includes(entry.name) && hasPassword(entry));
    if (found.length === 0) return [met('none', '没有')];
    return found.map(({ name }) =>
      failed(
        `${name} can sign in with a password`,
        `默认账户 ${name} 可用口令登录`,
        `usermod --lock --expiredate 1 ${name}`,
      ),
    );
  },
};

const sharedAccounts: Check = {
  id: 'shared-account',
  clause: 'access-control',
  personal: true,
  requirement: () => ({ en: 'no two accounts share a user id', 'zh-CN': '不存在共用用户标识的账户' }),
  async look({ host }) {
    const text = await host.readFile('/etc/passwd');
    if (text === undefined) return [notChecked('there is no /etc/passwd', '没有 /etc/passwd')];
    const byUid = Map.groupBy(parsePasswd(text), ({ uid }) => uid);
    const shared = [...byUid].filter(([, accounts]) => accounts.length > 1);
    if (shared.length === 0)
      return [met(`${byUid.size} user ids, each of one account`, `${byUid.size} 个用户标识，各对应一个账户`)];
    return shared.map(([uid, accounts]) => {
      const names = accounts.map(({ name }) => name);
      const second = names.find((name) => name !== 'root') ?? '';
      return failed(
        `${names.join(', ')} share user id ${uid}`,
        `${names.join('、')} 共用用户标识 ${uid}`,
        `usermod --uid "$(($(cut -d: -f3 /etc/passwd | sort -n | awk '$1 < 60000' | tail -1) + 1))" ${second}`,
      );
    });
  },
};

const rootLogin: Check = {
  id: 'root-login',
  clause: 'access-control',
  requirement: () => ({
    en: 'nobody signs in by SSH with the password of root, which people share',
    'zh-CN': '禁止以 root 口令通过 SSH 登录（root 为共用账户）',
  }),
  async look({ host }) {
    const path = '/etc/ssh/sshd_config';
    if ((await host.readDir('/etc')) === undefined) return [notChecked('there is no /etc', '没有 /etc')];
    if ((await host.readFile(path)) === undefined) return [met('there is no SSH server', '未安装 SSH 服务')];
    // sshd_config(5): the first value holds, Debian's file begins with the drop-ins, and prohibit-password is the default.
    const settings = [...(await readDropIns(host, path)), ...(await readSettings(host, path))];
    const value = firstSetting(settings, 'PermitRootLogin') ?? 'prohibit-password';
    if (value.toLowerCase() !== 'yes') return [met(`PermitRootLogin ${value}`, `PermitRootLogin ${value}`)];
    const remedy = `sed -i 's/^ *PermitRootLogin .*/PermitRootLogin no/I' ${path} $(ls ${path}.d/*.conf 2>/dev/null) && systemctl reload ssh`;
    return [failed('PermitRootLogin yes', 'PermitRootLogin yes', remedy)];
  },
};

/** Access control (访问控制). */
export const accessChecks: readonly Check[] = [defaultAccounts, sharedAccounts, rootLogin];
