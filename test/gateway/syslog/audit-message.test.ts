import { expect, test } from 'vitest';
import { auditMessage } from '../../../gateway/syslog/audit-message.ts';
import type { CefRow } from '../../../gateway/syslog/cef.ts';
import { parseSyslogUrl } from '../../../gateway/syslog/syslog-config.ts';

const sender = { hostname: 'gate way.school', version: '1.2.3' };
const row: CefRow = {
  ...{ id: 12, time: Date.UTC(2026, 2, 1, 8), lastTime: Date.UTC(2026, 2, 1, 8), actor: 'user:~9f86d081884c7d65' },
  ...{ address: '192.0.2.7', action: 'user.add', target: '~1111222233334444', outcome: 'ok', detail: 'role viewer' },
  ...{ count: 1, repeats: undefined, hash: 'ab'.repeat(32) },
};

test('a row is one RFC 5424 message with CEF in it', () => {
  expect(auditMessage(row, sender)).toBe(
    `<110>1 2026-03-01T08:00:00.000Z gateway.school campus-edge - user.add - CEF:0|campus-edge|gateway|1.2.3|user.add|user.add|2|rt=1772352000000 externalId=12 cnt=1 act=user.add outcome=ok suser=user:~9f86d081884c7d65 src=192.0.2.7 duser=~1111222233334444 msg=role viewer cs1Label=hash cs1=${'ab'.repeat(32)}`,
  );
});

test('a refusal is a warning; repeats, IPv6 and names are told', () => {
  const message = auditMessage(
    { ...row, outcome: 'refused', address: '2001:db8::7', count: 50, repeats: 11, actorName: 'user:eve' },
    sender,
  );
  expect(message).toMatch(/^<108>1 .*\|5\|/);
  for (const pair of ['c6a2=2001:db8::7', 'suser=user:eve', 'cnt=50', 'cn1Label=repeats cn1=11', 'outcome=refused']) {
    expect(message).toContain(` ${pair}`);
  }
});

test('what is told cannot break out of its field', () => {
  const detail = 'a|b\\c=d\ne src=1.2.3.4';
  const message = auditMessage({ ...row, detail, action: 'x|y z' }, sender);
  expect(message).toContain('|x\\|y z|x\\|y z|');
  expect(message).toContain('msg=a|b\\\\c\\=d\\ne src\\=1.2.3.4 ');
  expect(message).not.toContain('\n');
  expect(message).toMatch(/ campus-edge - x\|yz - CEF:0/);
});

test.each([
  ['tls://log.bureau.edu.cn', { transport: 'tls', host: 'log.bureau.edu.cn', port: 6514 }],
  ['tls://[2001:db8::1]:7000', { transport: 'tls', host: '2001:db8::1', port: 7000 }],
  ['tcp://127.0.0.1', { transport: 'tcp', host: '127.0.0.1', port: 514 }],
  ['udp://[::1]:5514', { transport: 'udp', host: '::1', port: 5514 }],
])('%s is a server', (url, target) => {
  expect(parseSyslogUrl(url)).toEqual(target);
});

test.each([
  ['http://x', 'config_invalid'],
  ['tls://', 'config_invalid'],
  ['tls://host:0', 'config_invalid'],
  ['tls://host:70000', 'config_invalid'],
  ['tls://user@host', 'config_invalid'],
  ['tcp://10.0.0.1:514', 'tls_required'],
  ['udp://log.bureau.edu.cn', 'tls_required'],
])('%s is refused', (url, code) => {
  expect(() => parseSyslogUrl(url)).toThrow(expect.objectContaining({ code }));
});
