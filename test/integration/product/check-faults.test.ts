import { describe, expect, test } from 'vitest';
import { isRoot } from '../../support/root.ts';
import { linkEnds } from '../agent/shaped-link.ts';
import { LessonRoom, statesOf } from './lesson-room.ts';

describe.skipIf(!isRoot)('the check of a room that is not ready', () => {
  test('names the loss and the delay that a lesson suffers from, for each family', async () => {
    const room = await LessonRoom.open({
      shapes: { ipv4: { delayMs: 5, lossPercent: 10 }, ipv6: { delayMs: 200, lossPercent: 0 } },
    });
    const { output, exitCode } = await room.check();
    expect(output).toMatch(
      /\n {2}IPv4 {5}no, because packet loss over IPv4 to the gateway is \d+(\.\d+)? % \(at most 1 %\)\. Try /,
    );
    expect(output).toMatch(
      /\n {2}IPv6 {5}with limits, because delay one way over IPv6 to the gateway is 20\d ms \(at most 150 ms\); and /,
    );
    expect(output).toMatch(/\n {2}overall {2}with limits, because .*packet loss over IPv4 .*delay one way over IPv6/);
    expect(exitCode).toBe(1);
  });

  test('tells in Chinese of a room without IPv6, a dead name server and a certificate that has run out', async () => {
    const room = await LessonRoom.open({
      certificateStartsInDays: -3,
      nameServers: ['198.51.100.99', linkEnds.school.ipv4],
    });
    room.room.ip('-6', 'route', 'del', 'default');
    room.room.ip('-6', 'addr', 'flush', 'dev', 'path0', 'scope', 'global');
    const { output, exitCode } = await room.check('--lang', 'zh-CN');
    expect(output).toContain('失败      地址        IPv6  没有 IPv6 地址');
    expect(output).toMatch(/受限 {6}DNS {9}IPv4 {2}198\.51\.100\.99：无应答；198\.51\.100\.2：\d/);
    expect(output).toMatch(/失败 {6}门户 {8}IPv4 {2}.*门户 portal\.school\.example 的证书已过期（\d{4}-\d\d-\d\d）/);
    expect(output).toContain('  IPv6     本教室没有');
    expect(output).toMatch(
      /\n {2}总体 {5}否，因为门户 portal\.school\.example 的证书已过期（.*）。请尝试：联系门户管理方更新证书/,
    );
    expect(exitCode).toBe(1);
  });

  test('says no where the gateway is a black hole', async () => {
    const room = await LessonRoom.open();
    const rules = 'add table inet hole; add chain inet hole in { type filter hook input priority 0; }; ';
    room.school.exec(
      'nft',
      `${rules} add rule inet hole in udp dport 8862 drop; add rule inet hole in tcp dport 8883 drop`,
    );
    const { report } = await room.report();
    expect(statesOf(report)).toMatchObject({ 'portal ipv4': 'ok', 'gateway ipv4': 'failed', 'gateway ipv6': 'failed' });
    expect(report.text.en).toBe(
      'no, because the gateway 198.51.100.2 does not answer over IPv4; and the gateway 2001:db8:5::2 does not answer over IPv6. Try checking that the gateway runs, and firewalls on the way.',
    );
  });

  test('finds a name server that lies', async () => {
    const lie =
      '  collectors:\n    resolver:\n      queries: [{ name: portal.school.example, expect: [192.0.2.0/24, "2001:db8:5::2"] }]\n';
    const room = await LessonRoom.open({ settings: lie });
    const { report } = await room.report();
    const reason = 'the name server 198.51.100.2 gives a wrong address for portal.school.example: 198.51.100.2';
    expect(report.obstacles.map((one: { reason: { en: string } }) => one.reason.en)).toContain(reason);
    expect(report.ready).toBe('no');
  });
});
