import { hasPassword, parsePasswd, parseShadow, type ShadowEntry } from './accounts.ts';
import { type Box, type Check, failed, met, noSockets, notChecked, type Verdict } from './check.ts';
import { PLAIN_REMOTE_PORTS, serviceOf, stopService } from './known-ports.ts';
import { readListening, readPam, readSettings } from './readings.ts';
import { lastSetting } from './settings-file.ts';

/** Programs of remote access in clear: telnet(1), rsh(1), rlogin(1), rexec(1) (Debian's paths). */
const PLAIN_SERVERS = ['telnetd', 'in.telnetd', 'in.rshd', 'in.rlogind', 'in.rexecd'].map(
  (name) => `/usr/sbin/${name}`,
);

export async function readShadow({ host }: Box): Promise<ShadowEntry[]> {
  return parseShadow((await host.readFile('/etc/shadow')) ?? '');
}

const emptyPasswords: Check = {
  id: 'empty-password',
  clause: 'identity',
  personal: true,
  requirement: () => ({ en: 'no account without a password', 'zh-CN': '不存在空口令账户' }),
  async look(box) {
    const open = parsePasswd((await box.host.readFile('/etc/passwd')) ?? '').filter(({ password }) => password === '');
    const entries = await readShadow(box);
    if (entries.length === 0) return [noShadow];
    const names = [...new Set([...open, ...entries.filter(({ hash }) => hash === '')].map(({ name }) => name))];
    if (names.length === 0)
      return [met(`${entries.length} accounts, none empty`, `共 ${entries.length} 个账户，均无空口令`)];
    return names.map((name) => failed(`${name} has no password`, `${name} 的口令为空`, `passwd --lock ${name}`));
  },
};

const rotation: Check = {
  id: 'password-rotation',
  clause: 'identity',
  personal: true,
  requirement: ({ password_max_days: days }) => ({
    en: `passwords are changed every ${days} days (practice, configurable)`,
    'zh-CN': `口令至少每 ${days} 天更换一次（惯例，可配置）`,
  }),
  async look(box) {
    const days = box.config.password_max_days;
    const all = await readShadow(box);
    if (all.length === 0) return [noShadow];
    const entries = all.filter(hasPassword);
    const stale = entries.filter(({ maxDays }) => maxDays === undefined || maxDays > days);
    if (stale.length === 0)
      return [
        met(
          `${entries.length} accounts with a password, all within ${days} days`,
          `${entries.length} 个有口令的账户均不超过 ${days} 天`,
        ),
      ];
    return stale.map(({ name, maxDays }) =>
      failed(
        `the password of ${name} is good for ${maxDays === undefined ? 'ever' : `${maxDays} days`}`,
        `${name} 的口令有效期为${maxDays === undefined ? '永久' : ` ${maxDays} 天`}`,
        `chage --maxdays ${days} ${name}`,
      ),
    );
  },
};

const length: Check = {
  id: 'password-length',
  clause: 'identity',
  requirement: ({ password_min_length: least }) => ({
    en: `new passwords have at least ${least} characters (practice, configurable)`,
    'zh-CN': `新口令至少 ${least} 个字符（惯例，可配置）`,
  }),
  async look({ host, config }) {
    const least = config.password_min_length;
    const rules = (await readPam(host)).filter(({ text }) =>
      /^-?password\b.*\bpam_(pwquality|cracklib|passwdqc|unix)\.so/.test(text),
    );
    if (rules.length === 0) return [noPam];
    const pwquality = rules.some(({ text }) => text.includes('pam_pwquality.so'));
    const inFile = pwquality
      ? lastSetting(await readSettings(host, '/etc/security/pwquality.conf'), 'minlen')
      : undefined;
    const inRules = rules.map(({ text }) => /\bminlen=(\d+)/.exec(text)?.[1]);
    const demanded = Math.max(0, ...[...inRules, inFile].map((text) => Number(text ?? 0)));
    if (demanded >= least) return [met(`at least ${demanded} characters are demanded`, `要求至少 ${demanded} 个字符`)];
    return [
      failed(
        `PAM demands ${demanded === 0 ? 'no length' : `${demanded} characters`}`,
        demanded === 0 ? 'PAM 未设置最小长度' : `PAM 仅要求 ${demanded} 个字符`,
        `apt-get install libpam-pwquality && sed -i '/^#* *minlen/d' /etc/security/pwquality.conf && echo 'minlen = ${least}' >> /etc/security/pwquality.conf`,
      ),
    ];
  },
};

const lockOut: Check = {
  id: 'lock-out',
  clause: 'identity',
  requirement: ({ lockout_attempts: attempts }) => ({
    en: `an account is locked after ${attempts} wrong passwords (practice, configurable)`,
    'zh-CN': `口令连续错误 ${attempts} 次后锁定账户（惯例，可配置）`,
  }),
  async look({ host, config }) {
    const rules = (await readPam(host)).filter(({ text }) => /^-?auth\b/.test(text));
    if (rules.length === 0) return [noPam];
    const guard = rules.find(({ text }) => /\bpam_(faillock|tally2)\.so/.test(text));
    const inFile = lastSetting(await readSettings(host, '/etc/security/faillock.conf'), 'deny');
    // faillock.conf(5): three where nothing else is said.
    const attempts = Number(/\bdeny=(\d+)/.exec(guard?.text ?? '')?.[1] ?? inFile ?? 3);
    const remedy = `sed -i '/^#* *deny/d' /etc/security/faillock.conf && echo 'deny = ${config.lockout_attempts}' >> /etc/security/faillock.conf`;
    if (guard === undefined) {
      const enable = `${remedy} && printf 'Name: Lock out after wrong passwords\\nDefault: yes\\nPriority: 0\\nAuth-Type: Primary\\nAuth:\\n\\t[default=die] pam_faillock.so authfail\\n' > /usr/share/pam-configs/faillock && printf 'Name: Count wrong passwords\\nDefault: yes\\nPriority: 1024\\nAuth-Type: Primary\\nAuth:\\n\\trequisite pam_faillock.so preauth\\nAccount-Type: Primary\\nAccount:\\n\\trequired pam_faillock.so\\n' > /usr/share/pam-configs/faillock-count && pam-auth-update --enable faillock faillock-count`;
      return [failed('no PAM module counts wrong passwords', '未启用口令错误计数（pam_faillock）', enable)];
    }
    if (attempts >= 1 && attempts <= config.lockout_attempts)
      return [met(`locked after ${attempts} (${guard.path})`, `错误 ${attempts} 次后锁定（${guard.path}）`)];
    return [failed(`locked after ${attempts}`, `错误 ${attempts} 次后才锁定`, remedy)];
  },
};

const idle: Check = {
  id: 'idle-time-out',
  clause: 'identity',
  requirement: ({ idle_minutes: minutes }) => ({
    en: `a shell ends after ${minutes} idle minutes (practice, configurable)`,
    'zh-CN': `会话空闲 ${minutes} 分钟后自动退出（惯例，可配置）`,
  }),
  async look({ host, config }) {
    const drop = (await host.readDir('/etc/profile.d')) ?? [];
    const paths = [
      '/etc/profile',
      '/etc/bash.bashrc',
      ...drop.filter((name) => name.endsWith('.sh')).map((name) => `/etc/profile.d/${name}`),
    ];
    const texts = await Promise.all(paths.map((path) => host.readFile(path)));
    if (texts.every((text) => text === undefined)) return [notChecked('there is no /etc/profile', '没有 /etc/profile')];
    // bash(1), TMOUT: seconds.
    const seconds = texts.flatMap((text) =>
      [...(text ?? '').matchAll(/^[^#\n]*\bTMOUT=(\d+)/gm)].map((hit) => Number(hit[1])),
    );
    const best = seconds.filter((value) => value > 0).sort((one, other) => one - other)[0];
    if (best !== undefined && best <= config.idle_minutes * 60)
      return [met(`TMOUT is ${best} s`, `TMOUT 为 ${best} 秒`)];
    const remedy = `echo 'readonly TMOUT=${config.idle_minutes * 60}; export TMOUT' > /etc/profile.d/idle-time-out.sh`;
    if (best === undefined) return [failed('no shell sets TMOUT', '未设置 TMOUT', remedy)];
    return [failed(`TMOUT is ${best} s`, `TMOUT 为 ${best} 秒`, remedy)];
  },
};

const plainRemote: Check = {
  id: 'plain-remote-access',
  clause: 'identity',
  requirement: () => ({ en: 'no telnet or rsh, on IPv4 or IPv6', 'zh-CN': 'IPv4 与 IPv6 均未启用 telnet、rsh' }),
  async look({ host }) {
    const verdicts: Verdict[] = [];
    for (const path of PLAIN_SERVERS) {
      if ((await host.fileMode(path)) === undefined) continue;
      verdicts.push(
        failed(
          `${path} is installed`,
          `已安装 ${path}`,
          `apt-get purge "$(dpkg-query --search ${path} | cut -d: -f1)"`,
        ),
      );
    }
    for (const family of ['ipv4', 'ipv6'] as const) {
      const sockets = await readListening(host, family);
      if (sockets === undefined) verdicts.push(noSockets(family));
      for (const { port, transport } of sockets ?? []) {
        if (transport !== 'tcp' || !PLAIN_REMOTE_PORTS.includes(port)) continue;
        const what = `${serviceOf(port, transport)} (tcp/${port}, ${family})`;
        verdicts.push(failed(`${what} listens`, `${what} 正在监听`, stopService(port, transport)));
      }
    }
    return verdicts.length > 0 ? verdicts : [met('neither installed nor listening', '未安装，也未监听')];
  },
};

const noShadow = notChecked('there is no /etc/shadow', '没有 /etc/shadow');
const noPam = notChecked('there are no PAM rules in /etc/pam.d', '/etc/pam.d 中没有 PAM 规则');

/** Identity (身份鉴别). */
export const identityChecks: readonly Check[] = [emptyPasswords, rotation, length, lockOut, idle, plainRemote];
