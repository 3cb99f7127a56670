import { describe, expect, test } from 'vitest';
import { parseIpv4DefaultRoutes } from '../../../../agent/collectors/path/ipv4-route.ts';
import { parsePing } from '../../../../agent/collectors/path/ping.ts';
import { parsePathServer } from '../../../../agent/collectors/path/server.ts';
import { fixture } from '../../tree.ts';

describe('parsePing', () => {
  test('reads iputils', () => {
    expect(parsePing(fixture('path/ping-iputils'))).toEqual({
      sent: 4,
      replies: [
        { sequence: 1, rttMs: 0.156 },
        { sequence: 2, rttMs: 0.051 },
        { sequence: 3, rttMs: 0.049 },
        { sequence: 4, rttMs: 0.072 },
      ],
    });
  });

  test('reads BusyBox', () => {
    expect(parsePing(fixture('path/ping-busybox'))).toEqual({
      sent: 3,
      replies: [
        { sequence: 0, rttMs: 0.137 },
        { sequence: 1, rttMs: 0.118 },
        { sequence: 2, rttMs: 0.095 },
      ],
    });
  });

  test.each([
    ['ping-iputils-silent', 3],
    ['ping-iputils-unreachable', 3],
    ['ping-busybox-silent', 2],
  ])('%s: nothing came back', (name, sent) => {
    expect(parsePing(fixture(`path/${name}`))).toEqual({ sent, replies: [] });
  });

  test('keeps the order of arrival and duplicates, and takes no router’s word for an answer', () => {
    const text = [
      'PING fe80::1%eth0(fe80::1%eth0) 56 data bytes',
      '64 bytes from fe80::1%eth0: icmp_seq=2 ttl=64 time=104 ms',
      '64 bytes from fe80::1%eth0: icmp_seq=1 ttl=64 time=305 ms',
      '64 bytes from fe80::1%eth0: icmp_seq=1 ttl=64 time=306 ms (DUP!)',
      'From fe80::9%eth0 icmp_seq=3 Destination unreachable: Address unreachable',
      '',
      '--- fe80::1%eth0 ping statistics ---',
      '3 packets transmitted, 2 received, +1 duplicates, +1 errors, 33.3333% packet loss, time 402ms',
    ].join('\n');
    expect(parsePing(text)).toEqual({
      sent: 3,
      replies: [
        { sequence: 2, rttMs: 104 },
        { sequence: 1, rttMs: 305 },
        { sequence: 1, rttMs: 306 },
      ],
    });
  });

  test('says what it expected of one that was cut off, and of nonsense', () => {
    const whole = fixture('path/ping-iputils');
    expect(() => parsePing(whole.slice(0, whole.indexOf('---')))).toThrow(
      'ping line 7: expected a count of packets transmitted',
    );
    expect(() => parsePing('')).toThrow('ping line 1: expected a count of packets transmitted');
    expect(() => parsePing('64 bytes from 192.0.2.1: icmp_seq=one ttl=64 time=1 ms\n')).toThrow(
      'ping line 1: expected seq, ttl and time of an answer',
    );
  });
});

describe('parseIpv4DefaultRoutes', () => {
  test('finds next hops, best first, and no route without one or that refuses', () => {
    expect(parseIpv4DefaultRoutes(fixture('path/route'))).toEqual([
      { gateway: '192.168.2.1', interface: 'eth0', metric: 100 },
      { gateway: '192.168.2.254', interface: 'wlan0', metric: 600 },
    ]);
  });

  test('says where it is wrong', () => {
    const heading = `${fixture('path/route').split('\n')[0]}\n`;
    expect(parseIpv4DefaultRoutes(heading)).toEqual([]);
    expect(() => parseIpv4DefaultRoutes('')).toThrow('/proc/net/route line 1: expected a line of headings');
    expect(() => parseIpv4DefaultRoutes(`${heading}eth0 00000000 0102A8C0\n`)).toThrow(
      '/proc/net/route line 2: expected at least eight columns',
    );
    expect(() => parseIpv4DefaultRoutes(`${heading}eth0 0 0102A8C0 up 0 0 100 0\n`)).toThrow('flags in hexadecimal');
  });
});

describe('parsePathServer', () => {
  test.each([
    ['stamp://lesson.example.edu.cn', { method: 'stamp', host: 'lesson.example.edu.cn', port: 862 }],
    ['stamp://[2001:db8::7]:8862', { method: 'stamp', host: '2001:db8::7', port: 8862 }],
    ['icmp://192.0.2.7', { method: 'icmp', host: '192.0.2.7', port: 0 }],
    ['tcp://192.0.2.7:443', { method: 'tcp', host: '192.0.2.7', port: 443 }],
  ])('%s', (text, server) => {
    expect(parsePathServer(text)).toEqual(server);
  });

  test.each([
    'lesson.example.edu.cn',
    'http://lesson.example.edu.cn',
    'tcp://192.0.2.7',
    'tcp://192.0.2.7:0',
    'tcp://192.0.2.7:65536',
    'icmp://192.0.2.7:7',
    'icmp://300.0.2.7',
    'stamp://[lesson]',
    'stamp://2001:db8::7',
    'stamp://',
    'icmp://-c 9',
    'icmp://a/b',
  ])('%s is none', (text) => {
    expect(parsePathServer(text)).toBeUndefined();
  });
});
