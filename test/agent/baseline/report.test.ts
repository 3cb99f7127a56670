import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Check } from '#typebox/value';
import { baselineEvents } from '../../../agent/baseline/events.ts';
import { type BaselineReport, checkBox, checks, countVerdicts } from '../../../agent/baseline/report.ts';
import { readAgentConfig } from '../../../agent/config.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { DeviceEvent } from '../../../contract/event.ts';
import { homeAt } from '../../../runtime/home.ts';
import { makeTree, noSignal } from '../tree.ts';

const head = '  sl  local_address rem_address   st\n';
const listening = (...ports: number[]): string =>
  head + ports.map((port) => `   0: 00000000:${hex(port)} 00000000:0000 0A 0 0 0\n`).join('');
const listening6 = (...ports: number[]): string =>
  head + ports.map((port) => `   0: ${'0'.repeat(32)}:${hex(port)} ${'0'.repeat(32)}:0000 0A 0 0 0\n`).join('');
const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/** A box on which everything is as it should be. */
const goodBox: Record<string, string> = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nteacher:x:1000:1000::/home/teacher:/bin/bash\n',
  '/etc/shadow': 'root:*:20000:0:99999:7:::\nteacher:$y$j9T$salt$hash:20000:0:90:7:::\n',
  '/etc/pam.d/common-auth': 'auth requisite pam_faillock.so preauth deny=5\nauth [success=1] pam_unix.so\n',
  '/etc/pam.d/common-password': 'password requisite pam_pwquality.so retry=3\npassword [success=1] pam_unix.so\n',
  '/etc/pam.d/login': 'session required pam_loginuid.so\n',
  '/etc/pam.d/sshd': 'session required pam_loginuid.so\n',
  '/etc/security/pwquality.conf': 'minlen = 12\n',
  '/etc/profile': 'readonly TMOUT=600; export TMOUT\n',
  '/etc/ssh/sshd_config': 'PermitRootLogin no\n',
  '/run/auditd.pid': '812\n',
  '/etc/rsyslog.conf': '',
  '/run/systemd/timesync/synchronized': '',
  '/var/log/audit/audit.log': '',
  '/var/log/auth.log': '',
  '/etc/logrotate.conf': 'weekly\nrotate 4\n',
  '/etc/logrotate.d/rsyslog': '/var/log/auth.log\n{\n\trotate 7\n\tmonthly\n}\n',
  '/etc/audit/auditd.conf': 'max_log_file_action = keep_logs\n',
  '/proc/net/tcp': listening(22, 8443),
  '/proc/net/udp': head,
  '/proc/net/tcp6': listening6(22, 8443),
  '/proc/net/udp6': head,
  '/proc/sys/net/ipv4/conf/all/accept_redirects': '0\n',
  '/proc/sys/net/ipv4/conf/eth0/accept_redirects': '0\n',
  '/proc/sys/net/ipv6/conf/all/accept_redirects': '1\n',
  '/proc/sys/net/ipv6/conf/eth0/accept_redirects': '0\n',
};

async function reportOf(changes: Record<string, string | undefined> = {}, yaml = ''): Promise<BaselineReport> {
  const files = Object.entries({ ...goodBox, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const root = makeTree(Object.fromEntries(files));
  for (const log of ['audit/audit.log', 'auth.log'])
    if (changes[`/var/log/${log}`] === undefined) chmodSync(join(root, 'var/log', log), 0o600);
  const config = readAgentConfig(homeAt(makeTree({ 'campus-edge.yaml': yaml }))).agent.baseline;
  return checkBox({
    host: new LinuxHost({ root }),
    config,
    ownPorts: [{ port: 8443, transport: 'tcp' }],
    signal: noSignal,
  });
}

/** Ids of the demands that a report finds unmet, with their evidence. */
const failures = ({ results }: BaselineReport): string[] =>
  results.flatMap(({ id, verdicts }) =>
    verdicts.flatMap((verdict) => (verdict.outcome === 'failed' ? `${id}: ${verdict.evidence.en}` : [])),
  );

test('a box as it should be meets every demand', async () => {
  const report = await reportOf();
  expect(failures(report)).toEqual([]);
  expect(countVerdicts(report)).toMatchObject({ failed: 0, 'not-checked': 0 });
  expect(report.results.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
  expect(baselineEvents(report)).toEqual([]);
});

describe('what is wrong is found', () => {
  const shadow = (line: string): Record<string, string> => ({ '/etc/shadow': `${goodBox['/etc/shadow']}${line}\n` });
  const cases: [string, Record<string, string | undefined>][] = [
    ['empty-password: guest2 has no password', shadow('guest2::20000:0:90:7:::')],
    ['password-rotation: the password of li is good for ever', shadow('li:$y$j:20000:0:99999:7:::')],
    ['password-rotation: the password of li is good for 91 days', shadow('li:$y$j:20000:0:91:7:::')],
    ['password-length: PAM demands 6 characters', { '/etc/security/pwquality.conf': 'minlen = 6\n' }],
    ['lock-out: no PAM module counts wrong passwords', { '/etc/pam.d/common-auth': 'auth [success=1] pam_unix.so\n' }],
    ['lock-out: locked after 0', { '/etc/pam.d/common-auth': 'auth required pam_faillock.so preauth deny=0\n' }],
    ['idle-time-out: no shell sets TMOUT', { '/etc/profile': '# TMOUT=600\n' }],
    ['idle-time-out: TMOUT is 3600 s', { '/etc/profile': 'TMOUT=3600\n' }],
    ['plain-remote-access: /usr/sbin/in.telnetd is installed', { '/usr/sbin/in.telnetd': '' }],
    ['default-account: pi can sign in with a password', shadow('pi:$y$j:20000:0:90:7:::')],
    [
      'shared-account: root, boss share user id 0',
      { '/etc/passwd': `${goodBox['/etc/passwd']}boss:x:0:0::/:/bin/sh\n` },
    ],
    ['root-login: PermitRootLogin yes', { '/etc/ssh/sshd_config': '#PermitRootLogin no\npermitrootlogin yes\n' }],
    ['root-login: PermitRootLogin yes', { '/etc/ssh/sshd_config.d/cloud.conf': 'PermitRootLogin yes\n' }],
    ['audit-on: auditd does not run', { '/run/auditd.pid': undefined }],
    [
      'audit-per-user: /etc/pam.d/sshd lacks pam_loginuid',
      { '/etc/pam.d/sshd': '# session required pam_loginuid.so\n' },
    ],
    ['audit-protected: /var/log/auth.log is 0644', { '/var/log/auth.log': 'x' }],
    ['audit-kept: /etc/logrotate.d/rsyslog keeps 28 days', { '/etc/logrotate.d/rsyslog': '/var/log/auth.log { }\n' }],
    ["audit-kept: auditd's files go by size (rotate)", { '/etc/audit/auditd.conf': 'num_logs = 5\n' }],
    ['listening-ipv4: tcp/8000 listens on IPv4', { '/proc/net/tcp': listening(22, 8000) }],
    ['listening-ipv6: tcp/8000 listens on IPv6', { '/proc/net/tcp6': listening6(22, 8000) }],
    ['high-risk-ports-ipv4: FTP (tcp/21) listens on IPv4', { '/proc/net/tcp': listening(21) }],
    ['high-risk-ports-ipv6: SMB (tcp/445) listens on IPv6', { '/proc/net/tcp6': listening6(445) }],
    ['redirects-ipv4: accept_redirects is 1 on all', { '/proc/sys/net/ipv4/conf/all/accept_redirects': '1\n' }],
    ['redirects-ipv6: accept_redirects is 1 on eth0', { '/proc/sys/net/ipv6/conf/eth0/accept_redirects': '1\n' }],
    [
      'time-sync: no NTP client is enabled, and none has set the clock',
      {
        '/run/systemd/timesync/synchronized': undefined,
        '/etc/systemd/system/multi-user.target.wants/cron.service': '',
      },
    ],
  ];
  test.each(cases)('%s', async (expected, changes) => {
    const report = await reportOf(changes);
    expect(failures(report)).toEqual([expected]);
    const failed = report.results.flatMap(({ verdicts }) => verdicts.filter(({ outcome }) => outcome === 'failed'));
    expect(failed).toEqual([expect.objectContaining({ remedy: expect.stringMatching(/^[a-z-]+ /) })]);
  });

  test('telnet is both plain remote access and a high-risk port, on the family where it listens', async () => {
    expect(failures(await reportOf({ '/proc/net/tcp6': listening6(23) }))).toEqual([
      'plain-remote-access: telnet (tcp/23, ipv6) listens',
      'high-risk-ports-ipv6: telnet (tcp/23) listens on IPv6',
    ]);
  });
});

test('the numbers are the administrator’s to change', async () => {
  const yaml =
    'agent: { baseline: { password_max_days: 30, idle_minutes: 5, password_min_length: 14, lockout_attempts: 3, allowed_tcp_ports: [] } }\n';
  expect(failures(await reportOf({}, yaml))).toEqual([
    'password-rotation: the password of teacher is good for 90 days',
    'password-length: PAM demands 12 characters',
    'lock-out: locked after 5',
    'idle-time-out: TMOUT is 600 s',
    'listening-ipv4: tcp/22 listens on IPv4',
    'listening-ipv6: tcp/22 listens on IPv6',
  ]);
});

test('nothing is guessed: what cannot be read is not checked, with the cause', async () => {
  const host = new LinuxHost({ root: makeTree({}) });
  const config = readAgentConfig(homeAt(makeTree({}))).agent.baseline;
  const report = await checkBox({ host, config, ownPorts: [], signal: noSignal });
  expect(countVerdicts(report)).toMatchObject({ met: 0, failed: 0 });

  class Forbidden extends LinuxHost {
    override async readFile(path: string): Promise<string | undefined> {
      if (path !== '/etc/shadow') return super.readFile(path);
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path });
    }
  }
  const closed = await checkBox({
    host: new Forbidden({ root: makeTree(goodBox) }),
    config,
    ownPorts: [{ port: 8443, transport: 'tcp' }],
    signal: noSignal,
  });
  expect(closed.results.find(({ id }) => id === 'empty-password')?.verdicts).toEqual([
    {
      outcome: 'not-checked',
      because: {
        en: '/etc/shadow may be read by root alone: run `sudo campus-edge baseline`',
        'zh-CN': '/etc/shadow 仅 root 可读：请运行 `sudo campus-edge baseline`',
      },
    },
  ]);
  const broken = await reportOf({ '/etc/passwd': 'root:x\n' });
  expect(broken.results.find(({ id }) => id === 'shared-account')?.verdicts).toMatchObject([
    { outcome: 'not-checked' },
  ]);
  const directory = makeTree(goodBox);
  mkdirSync(join(directory, 'etc/security/faillock.conf'));
  const odd = await checkBox({
    host: new LinuxHost({ root: directory }),
    config,
    ownPorts: [{ port: 8443, transport: 'tcp' }],
    signal: noSignal,
  });
  expect(odd.results.find(({ id }) => id === 'lock-out')?.verdicts).toMatchObject([{ outcome: 'not-checked' }]);
});

test('each unmet demand becomes one event of the wire, without the names of accounts', async () => {
  const report = await reportOf({
    '/etc/shadow': 'pi::20000:0:99999:7:::\nwang:$y$j9T$s$h:20000:0:99999:7:::\n',
    '/proc/net/tcp6': listening6(21, 445),
    ...Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`/proc/sys/net/ipv6/conf/veth-classroom-${n}/accept_redirects`, '1\n']),
    ),
  });
  const events = baselineEvents(report);
  expect(events.map(({ type }) => type)).toEqual([
    'baseline-empty-password',
    'baseline-password-rotation',
    'baseline-high-risk-ports-ipv6',
    'baseline-redirects-ipv6',
  ]);
  for (const event of events) {
    expect(Check(DeviceEvent, { ...event, at: 1, boot: 'boot-one', seq: 1 })).toBe(true);
    expect(event).toMatchObject({ class: 'vulnerability', sub_class: '配置合规缺陷', level: 4 });
  }
  expect(JSON.stringify(events)).not.toMatch(/wang|"pi|pi /);
  expect(events[2]?.facts).toMatchObject({
    clause: '入侵防范',
    family: 'ipv6',
    findings: 2,
    remedy: expect.stringContaining('vsftpd'),
  });
});
