import { describe, expect, test } from 'vitest';
import { isRoot } from '../../support/root.ts';
import { setNameServers, startNameServer } from './name-servers.ts';
import { Namespace } from './namespace.ts';

const PORTAL = 'portal.school.example';

describe.skipIf(!isRoot)('the resolver collector', () => {
  test('tells the answers of each server by each family, and which are wrong', async () => {
    const room = new Namespace();
    const school = new Namespace();
    room.ip('link', 'add', 'room0', 'type', 'veth', 'peer', 'name', 'school0', 'netns', school.name);
    room.ip('addr', 'add', '198.51.100.1/24', 'dev', 'room0');
    school.ip('addr', 'add', '198.51.100.2/24', 'dev', 'school0');
    school.ip('addr', 'add', 'fe80::53/64', 'dev', 'school0', 'nodad');
    room.ip('addr', 'add', 'fe80::1/64', 'dev', 'room0', 'nodad');
    room.ip('link', 'set', 'room0', 'up');
    school.ip('link', 'set', 'school0', 'up');
    await startNameServer(school, [`${PORTAL},198.51.100.2,2001:db8:5::2`]);
    // The third has no machine, and the last no way to it.
    setNameServers(room, ['198.51.100.2', 'fe80::53%room0', '198.51.100.99', '2001:db8:9::1']);
    const collect = room.collector('resolver', {
      queries: [
        { name: PORTAL, expect: ['198.51.100.0/24', '2001:db8:6::/48'] },
        { name: 'nobody.school.example', expect: [] },
      ],
    });
    await collect();
    const metrics = await collect();
    const fields = (server: string, family: string, query: string, type: string) =>
      metrics.find(
        ({ tags }) =>
          tags['server'] === server && tags['family'] === family && tags['query'] === query && tags['type'] === type,
      )?.fields;
    expect(metrics).toHaveLength(16);
    for (const [family, address] of [['ipv4', '198.51.100.2'] as const, ['ipv6', 'fe80::53%room0'] as const]) {
      const right = fields('dns-1', family, PORTAL, 'A');
      expect(right).toMatchObject({
        ...{ address, answered: true, rcode: 'NOERROR', record_count: 1, records: '["198.51.100.2"]' },
        ...{ wrong: false, query_count: 2, failure_count: 0, wrong_count: 0 },
      });
      expect(Number(right?.['answer_ms'])).toBeGreaterThan(0);
      expect(fields('dns-1', family, PORTAL, 'AAAA')).toMatchObject({
        records: '["2001:db8:5::2"]',
        wrong: true,
        wrong_count: 2,
      });
    }
    const unknown = fields('dns-1', 'ipv4', 'nobody.school.example', 'A');
    expect(unknown).toMatchObject({ answered: true, rcode: 'REFUSED', record_count: 0, failure_count: 2 });
    expect(unknown).not.toHaveProperty('wrong');
    expect(fields('dns-2', 'ipv4', PORTAL, 'A')).toEqual({
      ...{ address: '198.51.100.99', answered: false, query_count: 2, failure_count: 2, wrong_count: 0 },
    });
    expect(fields('dns-2', 'ipv6', PORTAL, 'A')).toMatchObject({
      answered: false,
      error: expect.stringContaining('ENETUNREACH'),
    });
  });
});
