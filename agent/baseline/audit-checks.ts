import type { Host } from '../host/host.ts';
import { type Check, failed, met, notChecked, type Verdict } from './check.ts';
import { parseRotations } from './log-rotation.ts';
import { readDropIns, readSettings } from './readings.ts';
import { lastSetting } from './settings-file.ts';

/** The law keeps security logs for at least six months; the product counts them as 185 days. */
export const AUDIT_KEPT_DAYS = 185;

/** Where a system writes who signed in: Linux audit, Debian's and Fedora's syslog. */
const AUDIT_LOGS = [/^audit\/audit\.log(\.\d+)?$/, /^auth\.log([.-].*)?$/, /^secure([.-].*)?$/];

const audited: Check = {
  id: 'audit-on',
  clause: 'audit',
  requirement: () => ({ en: 'the audit daemon runs', 'zh-CN': '审计服务已启用' }),
  async look({ host }) {
    if ((await host.readDir('/run')) === undefined) return [notChecked('there is no /run', '没有 /run')];
    const pid = await host.readFile('/run/auditd.pid');
    if (pid !== undefined)
      return [met(`auditd runs as process ${pid.trim()}`, `auditd 正在运行（进程 ${pid.trim()}）`)];
    return [failed('auditd does not run', 'auditd 未运行', 'apt-get install auditd && systemctl enable --now auditd')];
  },
};

const perUser: Check = {
  id: 'audit-per-user',
  clause: 'audit',
  requirement: () => ({ en: 'audit records name the user who signed in', 'zh-CN': '审计记录可追溯到登录用户' }),
  async look({ host }) {
    const verdicts: Verdict[] = [];
    for (const service of ['login', 'sshd']) {
      const path = `/etc/pam.d/${service}`;
      const rules = await host.readFile(path);
      if (rules === undefined) continue;
      // pam_loginuid(8) stamps every process of a session with who opened it.
      const stamped = /^\s*-?session\s[^#\n]*pam_loginuid\.so/m.test(rules);
      verdicts.push(
        stamped
          ? met(`${path} has pam_loginuid`, `${path} 已启用 pam_loginuid`)
          : failed(
              `${path} lacks pam_loginuid`,
              `${path} 未启用 pam_loginuid`,
              `echo 'session required pam_loginuid.so' >> ${path}`,
            ),
      );
    }
    return verdicts.length > 0
      ? verdicts
      : [notChecked('there are no log-in rules in /etc/pam.d', '/etc/pam.d 中没有登录规则')];
  },
};

const protectedLogs: Check = {
  id: 'audit-protected',
  clause: 'audit',
  requirement: () => ({
    en: 'audit logs are readable by root alone (0600)',
    'zh-CN': '审计日志仅 root 可读写（0600）',
  }),
  async look({ host }) {
    const names = [
      ...((await host.readDir('/var/log')) ?? []),
      ...((await host.readDir('/var/log/audit')) ?? []).map((name) => `audit/${name}`),
    ];
    const logs = names
      .filter((name) => AUDIT_LOGS.some((pattern) => pattern.test(name)))
      .map((name) => `/var/log/${name}`);
    const verdicts: Verdict[] = [];
    for (const path of logs) {
      const mode = await host.fileMode(path);
      if (mode === undefined) continue;
      const octal = `0${mode.toString(8)}`;
      verdicts.push(
        (mode & 0o177) === 0
          ? met(`${path} is ${octal}`, `${path} 权限为 ${octal}`)
          : failed(`${path} is ${octal}`, `${path} 权限为 ${octal}`, `chmod 0600 ${path}`),
      );
    }
    return verdicts.length > 0
      ? verdicts
      : [notChecked('there is no audit log in /var/log', '/var/log 中没有审计日志')];
  },
};

const kept: Check = {
  id: 'audit-kept',
  clause: 'audit',
  requirement: () => ({
    en: `audit logs are kept for at least ${AUDIT_KEPT_DAYS} days`,
    'zh-CN': `审计日志至少保存 ${AUDIT_KEPT_DAYS} 天`,
  }),
  async look({ host }) {
    const verdicts = [...(await syslogKept(host)), ...(await auditdKept(host)), ...(await journalKept(host))];
    return verdicts.length > 0 ? verdicts : [notChecked('no log rotation is configured', '未配置日志轮转')];
  },
};

async function syslogKept(host: Host): Promise<Verdict[]> {
  const defaults = await host.readFile('/etc/logrotate.conf');
  const names = (await host.readDir('/etc/logrotate.d')) ?? [];
  const verdicts: Verdict[] = [];
  for (const name of names) {
    const path = `/etc/logrotate.d/${name}`;
    for (const { logs, days } of parseRotations((await host.readFile(path)) ?? '', defaults)) {
      if (!logs.some((log) => /^\/var\/log\/(auth\.log|secure)$/.test(log))) continue;
      const remedy = `sed -i -E 's/^([[:space:]]*)(daily|weekly|yearly|monthly)$/\\1monthly/; s/^([[:space:]]*)rotate [0-9]+/\\1rotate 7/' ${path}`;
      if (days === undefined)
        verdicts.push(notChecked(`${path} rotates by size or says nothing`, `${path} 按大小轮转或未设置`));
      else if (days >= AUDIT_KEPT_DAYS) verdicts.push(met(`${path} keeps ${days} days`, `${path} 保存 ${days} 天`));
      else verdicts.push(failed(`${path} keeps ${days} days`, `${path} 仅保存 ${days} 天`, remedy));
    }
  }
  return verdicts;
}

/** auditd.conf(5): `rotate` deletes the oldest of `num_logs` files when the newest is full, however young it is. */
async function auditdKept(host: Host): Promise<Verdict[]> {
  const path = '/etc/audit/auditd.conf';
  if ((await host.readFile(path)) === undefined) return [];
  const action = (lastSetting(await readSettings(host, path), 'max_log_file_action') ?? 'rotate').toLowerCase();
  if (action === 'keep_logs') return [met('auditd keeps every file', 'auditd 保留全部日志')];
  const remedy = `sed -i 's/^max_log_file_action.*/max_log_file_action = keep_logs/' ${path} && service auditd restart`;
  return [failed(`auditd's files go by size (${action})`, `auditd 按大小覆盖日志（${action}）`, remedy)];
}

/** journald.conf(5): without a time of its own the journal goes by size, which says nothing about days. */
async function journalKept(host: Host): Promise<Verdict[]> {
  const path = '/etc/systemd/journald.conf';
  const settings = [...(await readSettings(host, path)), ...(await readDropIns(host, path))];
  const storage = (lastSetting(settings, 'Storage') ?? 'auto').toLowerCase();
  if (settings.length === 0 && (await host.readDir('/etc/systemd')) === undefined) return [];
  const onDisk =
    storage === 'persistent' || (storage === 'auto' && (await host.readDir('/var/log/journal')) !== undefined);
  if (!onDisk && (await host.readFile('/etc/rsyslog.conf')) === undefined) {
    return [
      failed(
        'the journal is lost at each restart, and no syslog keeps it',
        '日志重启即丢失，且未安装 syslog',
        'mkdir -p /var/log/journal && systemctl restart systemd-journald',
      ),
    ];
  }
  return onDisk ? [notChecked('the journal is kept by size, not by time', 'journald 按大小而非时间保存')] : [];
}

/** Security audit (安全审计). */
export const auditChecks: readonly Check[] = [audited, perUser, protectedLogs, kept];
