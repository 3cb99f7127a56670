import { expect, test } from 'vitest';
import { hasPassword, parsePasswd, parseShadow } from '../../../agent/baseline/accounts.ts';
import { parseRotations } from '../../../agent/baseline/log-rotation.ts';
import { firstSetting, lastSetting, parseSettings } from '../../../agent/baseline/settings-file.ts';
import { parseListening } from '../../../agent/baseline/sockets.ts';

test('accounts of /etc/passwd', () => {
  const text = 'root:x:0:0:root:/root:/bin/bash\n# note\n\n+::::::\nteacher::1000:1001:Li,,,:/home/teacher:/bin/sh\n';
  expect(parsePasswd(text)).toEqual([
    { name: 'root', password: 'x', uid: 0, shell: '/bin/bash' },
    { name: 'teacher', password: '', uid: 1000, shell: '/bin/sh' },
  ]);
  expect(() => parsePasswd('root:x:0:0:ro')).toThrow('/etc/passwd line 1: expected seven fields between colons');
  expect(() => parsePasswd('root:x:zero:0:root:/root:/bin/bash')).toThrow('expected a user id in decimal, got "zero"');
});

test('passwords of /etc/shadow, whose hashes no error shows', () => {
  const text = 'root:*:20000:0:99999:7:::\na:$y$j9T$salt$hash:20000:0:90:7:::\nb::20000::::::\nc:!$y$x:1:0:-1:7:::\n';
  const entries = parseShadow(text);
  expect(entries.map(({ name, maxDays }) => [name, maxDays])).toEqual([
    ['root', undefined],
    ['a', 90],
    ['b', undefined],
    ['c', undefined],
  ]);
  expect(entries.filter(hasPassword).map(({ name }) => name)).toEqual(['a']);
  expect(() => parseShadow('a:$y$j9T$secret')).toThrow(/^\/etc\/shadow line 1: expected nine fields(?!.*secret)/);
  expect(() => parseShadow('a:$y$j9T$secret:1:0:soon:7:::')).toThrow(/expected a number of days, got "soon"$/);
});

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, state: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 24551\n`;

test('listening sockets of both families', () => {
  const tcp = head + row('0100007F:075B', '0A') + row('00000000:0016', '0A') + row('0A00020F:0017', '01');
  expect(parseListening(tcp, 'tcp', 'ipv4')).toEqual([
    { port: 22, loopback: false },
    { port: 1883, loopback: true },
  ]);
  const v6 = [
    row('00000000000000000000000001000000:1F90', '0A'),
    row('0000000000000000FFFF00000100007F:1F91', '0A'),
    row('00000000000000000000000000000000:0017', '0A'),
  ];
  expect(parseListening(head + v6.join(''), 'tcp', 'ipv6')).toEqual([
    { port: 23, loopback: false },
    { port: 8080, loopback: true },
    { port: 8081, loopback: true },
  ]);
  expect(parseListening(head + row('00000000:0044', '07'), 'udp', 'ipv4')).toEqual([{ port: 68, loopback: false }]);
  expect(() => parseListening(`${head}   0: 0100007F`, 'tcp', 'ipv4')).toThrow('/proc/net/tcp line 2: expected');
  expect(() => parseListening(head + row('0100007F:075B', '0A'), 'tcp', 'ipv6')).toThrow('/proc/net/tcp6 line 2');
});

test('settings in the styles of /etc', () => {
  const settings = parseSettings(
    '# PASS 1\n[Journal]\nPASS_MAX_DAYS\t99 # days\ndeny = 3\nPermitRootLogin "no"\nDeny=4\nsilent\n',
  );
  expect(settings).toEqual([
    ['PASS_MAX_DAYS', '99'],
    ['deny', '3'],
    ['PermitRootLogin', 'no'],
    ['Deny', '4'],
    ['silent', ''],
  ]);
  expect(lastSetting(settings, 'deny')).toBe('4');
  expect(firstSetting(settings, 'deny')).toBe('3');
  expect(lastSetting(settings, 'none')).toBeUndefined();
});

test('how long logrotate keeps', () => {
  const text =
    '/var/log/a\n/var/log/auth.log\n{\n\trotate 4\n\tweekly\n}\n/var/log/b { size 1M\n rotate 3 }\n/var/log/c { }\n/var/log/d { rotate 400\n daily\n maxage 30\n}';
  expect(parseRotations(text, 'weekly\nrotate 6\n')).toEqual([
    { logs: ['/var/log/a', '/var/log/auth.log'], days: 28 },
    { logs: ['/var/log/b'], days: undefined },
    { logs: ['/var/log/c'], days: 42 },
    { logs: ['/var/log/d'], days: 30 },
  ]);
  expect(parseRotations('nonsense')).toEqual([]);
});
