import { describe, expect, it } from 'vitest';
import { Type } from '#typebox';
import type { Point } from '../../../../dashboards/console/src/api/schema.ts';
import { ipv6Status, parseList } from '../../../../dashboards/console/src/format/ipv6.ts';

const point = (tags: Record<string, string>, fields: Point['fields']): Point => ({
  ...{ site: 'school', device: 'room-101', measurement: 'ipv6', time: 5 },
  tags,
  fields,
});

describe('ipv6Status', () => {
  it('reads the point that speaks for the whole device', () => {
    const status = ipv6Status([
      point({ interface: 'eth0' }, { summary: 'none' }),
      point(
        {},
        {
          summary: 'routed',
          addresses:
            '[{"address":"fe80::5","scope":"link-local"},{"address":"2001:db8::5","prefix_length":64,"scope":"global","origin":"slaac","temporary":true}]',
          default_routers:
            '[{"interface":"ppp0","metric":1024,"origin":"static"},{"address":"fe80::1","lifetime_seconds":1799}]',
          dns_servers: '["2001:db8::53","192.0.2.53"]',
          traffic_share_percent: 41.5,
        },
      ),
    ]);
    expect(status).toMatchObject({ summary: 'routed', sharePercent: 41.5, shareIntervalPercent: undefined, time: 5 });
    expect(status?.addresses.map(({ address }) => address)).toEqual(['2001:db8::5', 'fe80::5']);
    expect(status?.routers).toHaveLength(2);
    expect([status?.dnsIpv6, status?.dnsIpv4]).toEqual([['2001:db8::53'], ['192.0.2.53']]);
  });

  it('is undefined when only interfaces report, and unknown when the state is', () => {
    expect(ipv6Status([point({ interface: 'eth0' }, { summary: 'routed' })])).toBeUndefined();
    expect(ipv6Status([point({}, { summary: 'perfect' })])?.summary).toBeUndefined();
  });
});

describe('parseList', () => {
  it.each([
    ['a list cut short', '["a","b'],
    ['something else', '{"a":1}'],
    ['nothing', undefined],
  ])('makes nothing of %s', (_what, json) => {
    expect(parseList(Type.String(), json)).toEqual([]);
  });

  it('leaves entries of another shape out', () => {
    expect(parseList(Type.String(), '["a",1,null,"b"]')).toEqual(['a', 'b']);
  });
});
