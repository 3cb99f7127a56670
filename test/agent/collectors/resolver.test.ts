import { describe, expect, test } from 'vitest';
import { hasFailed, isWrong, questionsOf, rootQuestion } from '../../../agent/collectors/resolver/questions.ts';
import { createResolver } from '../../../agent/collectors/resolver/resolver.ts';
import { parseNetwork } from '../../../agent/collectors/resolver/resolver-config.ts';
import { resolverServers } from '../../../agent/collectors/resolver/servers.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { makeTree, noSignal } from '../tree.ts';

const answered = (rcode: string, ...records: string[]) => ({
  outcome: 'answered' as const,
  answerMs: 1,
  rcode,
  records,
});
const [a, aaaa] = questionsOf([{ name: 'portal.example', expect: ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32'] }]);
if (a === undefined || aaaa === undefined) throw new Error('a name has two questions');

describe('an answer', () => {
  test.each([
    [a, answered('NOERROR', '192.0.2.7', '198.51.100.200'), false],
    [a, answered('NOERROR', '192.0.2.7', '10.10.34.34'), true],
    [a, answered('NOERROR'), true],
    [a, answered('NXDOMAIN'), true],
    [a, answered('SERVFAIL'), false],
    [a, { outcome: 'silent' as const }, false],
    [aaaa, answered('NOERROR', '2001:db8:1::1'), false],
    [aaaa, answered('NOERROR', 'fd00::1'), true],
    [rootQuestion, answered('NOERROR', 'a.root-servers.net'), false],
  ])('to %j that is %j is wrong: %s', (question, asked, wrong) => {
    expect(isWrong(question, asked)).toBe(wrong);
  });

  test.each([
    [a, answered('NOERROR'), false],
    [a, answered('NXDOMAIN'), true],
    [a, answered('REFUSED'), true],
    [a, { outcome: 'silent' as const }, true],
    [a, { outcome: 'unsendable' as const, error: 'ENETUNREACH' }, true],
    [rootQuestion, answered('REFUSED'), false],
    [rootQuestion, answered('SERVFAIL'), true],
  ])('to %j that is %j is a failure: %s', (question, asked, failed) => {
    expect(hasFailed(question, asked)).toBe(failed);
  });
});

describe('the servers', () => {
  test('are the first three of each family, and the cache on the machine', async () => {
    const lines = ['127.0.0.1', '192.0.2.1', 'fe80::1%eth0', '192.0.2.2', '192.0.2.3', '192.0.2.4', '2001:db8::53'];
    const root = makeTree({ '/etc/resolv.conf': lines.map((address) => `nameserver ${address}\n`).join('') });
    const servers = (await resolverServers(new LinuxHost({ root }))) ?? [];
    expect(servers.map(({ server, family, address }) => `${server} ${family} ${address}`)).toEqual([
      'local ipv4 127.0.0.1',
      'dns-1 ipv4 192.0.2.1',
      'dns-2 ipv4 192.0.2.2',
      'dns-3 ipv4 192.0.2.3',
      'dns-1 ipv6 fe80::1%eth0',
      'dns-2 ipv6 2001:db8::53',
    ]);
  });

  test('of a machine without any are no failure', async () => {
    const host = new LinuxHost({ root: makeTree({}) });
    expect(await createResolver().collect(host, { queries: [] }, noSignal)).toEqual({
      notPresent: 'there is no name server in /etc/resolv.conf',
    });
  });
});

test.each(['', '192.0.2.0/33', '192.0.2.0/x', '192.0.2.0/24/1', '2001:db8::/129', 'fe80::1%eth0', 'portal.example'])(
  '%j is no network',
  (text) => expect(parseNetwork(text)).toBeUndefined(),
);
