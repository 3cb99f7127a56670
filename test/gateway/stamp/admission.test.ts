import { describe, expect, test } from 'vitest';
import { Admission } from '../../../gateway/stamp/admission.ts';
import { stampLimits } from '../../../gateway/stamp/limits.ts';
import { parseNetwork } from '../../../gateway/stamp/network.ts';
import { allowedSources } from '../../../gateway/stamp/sources.ts';

const arrival = { bytes: 44, address: '192.0.2.1', port: 40_000 };
const open = (): Admission =>
  new Admission({ allowed: () => (address) => address !== '203.0.113.1', ownPort: 8862, now: 0 });
const answered = (admission: Admission, count: number, now: number, address = '192.0.2.1'): number =>
  Array.from({ length: count }, () => admission.refusalOf({ ...arrival, address }, now)).filter(
    (why) => why === undefined,
  ).length;

describe('who is answered', () => {
  test.each([
    ['a test packet', {}, undefined],
    ['a full frame', { bytes: 1500 }, undefined],
    ['less than a packet', { bytes: 43 }, 'size'],
    ['nothing', { bytes: 0 }, 'size'],
    ['more than a frame', { bytes: 1501 }, 'size'],
    ['an echo service', { port: 7 }, 'port'],
    ['another reflector on the standard’s port', { port: 862 }, 'port'],
    ['another reflector on this one’s port', { port: 8862 }, 'port'],
    ['a stranger', { address: '203.0.113.1' }, 'source'],
  ])('%s', (_, given, refusal) => {
    expect(open().refusalOf({ ...arrival, ...given }, 0)).toBe(refusal);
  });

  test('one address gets so many at once and so many a second, and takes none from another', () => {
    const admission = open();
    const { perSecond, burst } = stampLimits.perSource;
    expect(answered(admission, burst + 50, 0)).toBe(burst);
    expect(answered(admission, 10, 0, '192.0.2.2')).toBe(10);
    expect(answered(admission, 1000, 1000)).toBe(perSecond);
  });

  test('a network that has come is known at once, and nobody has the networks looked up for each packet', () => {
    let networks = ['192.0.2.0/24'];
    let looks = 0;
    const allowed = () => {
      looks += 1;
      return allowedSources(['local'], networks);
    };
    const admission = new Admission({ allowed, ownPort: 8862, now: 0 });
    const newcomer = { ...arrival, address: '198.51.100.7' };
    expect(admission.refusalOf(newcomer, 5000)).toBe('source');
    networks = [...networks, '198.51.100.0/24'];
    expect(admission.refusalOf(newcomer, 5000 + stampLimits.networksAgainMs)).toBeUndefined();
    const before = looks;
    for (let count = 0; count < 500; count++) admission.refusalOf({ ...arrival, address: '203.0.113.1' }, 9000 + count);
    expect(looks - before).toBe(1);
  });

  test('all together get so many', () => {
    const admission = open();
    const each = stampLimits.total.burst / 100;
    const counts = Array.from({ length: 110 }, (_, host) => answered(admission, each, 0, `10.0.0.${host}`));
    expect(counts.reduce((sum, count) => sum + count)).toBe(stampLimits.total.burst);
  });

  test('forged addresses without number are forgotten', () => {
    const admission = open();
    for (let host = 0; host < 3 * stampLimits.sources; host++) {
      admission.refusalOf({ ...arrival, address: `10.${host >> 8}.${host & 255}.1` }, host * 10);
    }
    expect(answered(admission, 5, 3 * stampLimits.sources * 10)).toBe(5);
  });
});

describe('sources', () => {
  test('local ones are private, link-local and of the machine’s own networks', () => {
    const isAllowed = allowedSources(['local'], ['2001:db8:7::1/64', '198.51.100.9/24']);
    const yes = ['127.0.0.1', '::1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.1.1', 'fd00::1', 'fe80::1%eth0'];
    const own = ['2001:db8:7::99', '198.51.100.1', '::ffff:10.1.2.3'];
    const no = ['172.32.0.1', '203.0.113.1', '2001:db8:8::1', '::ffff:203.0.113.1', '100.64.0.1', 'ff02::1'];
    expect([...yes, ...own].filter((address) => !isAllowed(address))).toEqual([]);
    expect(no.filter((address) => isAllowed(address))).toEqual([]);
  });

  test('are those of the configuration, and nobody where it names none', () => {
    const isAllowed = allowedSources(['2001:db8:5::/48', '192.0.2.7'], ['198.51.100.9/24']);
    expect(['2001:db8:5:ffff::1', '192.0.2.7'].every(isAllowed)).toBe(true);
    expect(['2001:db8:6::1', '192.0.2.8', '198.51.100.1', '127.0.0.1'].some(isAllowed)).toBe(false);
    expect(allowedSources([], [])('127.0.0.1')).toBe(false);
  });

  test.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0/8', '::/129', 'fe80::1%eth0', 'a/8', '10.0.0.0/8/8', ''])(
    '%j is no network',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});
