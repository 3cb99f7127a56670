import { describe, expect, it } from 'vitest';
import { canonicalIp, isHostName, parseTemporaryAddresses, serverNames } from '../../../gateway/pki/own-names.ts';

const ifInet6 = `fe80000000000000505400fffe123456 02 40 20 80     eth0
20010db8000000010000000000000001 02 40 00 80     eth0
20010db800000001aaaabbbbccccdddd 02 40 00 01     eth0
20010db800000002aaaabbbbccccdddd 02 40 00 20     eth0
00000000000000000000000000000001 01 80 10 80       lo
`;

describe('the names of a gateway', () => {
  it('are its host name, also by multicast DNS, its addresses of both families and what is configured', () => {
    const addresses = ['127.0.0.1', '::1', '192.0.2.7', '2001:db8:0:0:0:0:0:1', 'fe80::1', '169.254.3.4'];
    expect(serverNames('Box-7.school.example', addresses, ['iot.school.example', '198.51.100.1'])).toEqual({
      dns: [
        'gateway.campus-edge.internal',
        'localhost',
        'box-7.school.example',
        'box-7',
        'box-7.local',
        'iot.school.example',
      ],
      ips: ['127.0.0.1', '::1', '198.51.100.1', '192.0.2.7', '2001:db8::1'],
    });
  });

  it('leave out a host name that DNS does not allow', () => {
    expect(serverNames('my_box', [], []).dns).toEqual(['gateway.campus-edge.internal', 'localhost']);
    expect(['a', 'a.b-c', 'a-', '-a', 'a..b', '', 'x'.repeat(65)].filter(isHostName)).toEqual(['a', 'a.b-c']);
  });

  it('are bounded, however many addresses a machine has', () => {
    const many = Array.from({ length: 500 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    expect(serverNames('box', many, []).ips).toHaveLength(64);
  });
});

describe('the addresses that change within days', () => {
  it('are the temporary and the deprecated ones', () => {
    expect(parseTemporaryAddresses(ifInet6)).toEqual(
      new Set(['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:2:aaaa:bbbb:cccc:dddd']),
    );
  });

  it('are none in a list that is cut short or nonsense', () => {
    expect(parseTemporaryAddresses('20010db800000001aaaabbbb')).toEqual(new Set());
    expect(parseTemporaryAddresses('no such file\n')).toEqual(new Set());
  });
});

it('writes an IPv6 address in one way', () => {
  expect(['2001:DB8:0:0:0:0:0:1', '::ffff:192.0.2.1', 'fe80::1%eth0', '192.0.2.1'].map(canonicalIp)).toEqual([
    '2001:db8::1',
    '::ffff:c000:201',
    'fe80::1',
    '192.0.2.1',
  ]);
});
