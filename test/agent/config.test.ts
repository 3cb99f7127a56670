import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAgentConfig } from '../../agent/config.ts';
import { openHome } from '../../runtime/home.ts';
import { makeTree } from './tree.ts';

const read = (yaml: string) => readAgentConfig(openHome(makeTree({ 'campus-edge.yaml': yaml })));

describe('the configuration of the agent', () => {
  test('has a default for every key', () => {
    expect(read('')).toEqual({
      site: 'school',
      log: { level: 'info' },
      agent: {
        collectors: {
          system: { enabled: true, interval_seconds: 10 },
          disk: { enabled: true, interval_seconds: 30 },
          network: { enabled: true, interval_seconds: 10 },
          ipv6: {
            enabled: true,
            interval_seconds: 10,
            targets: [],
            advertisements: true,
            probe_seconds: 300,
            gateway: true,
            dual_stack_targets: [],
            path_mtu: true,
            dns: true,
          },
          path: {
            enabled: true,
            interval_seconds: 60,
            packets: 20,
            packet_interval_ms: 50,
            first_hop: true,
            dns: true,
            gateway: true,
            stamp_port: 8862,
            servers: [],
          },
          cellular: { enabled: true, interval_seconds: 30, ports: [] },
          resolver: { enabled: true, interval_seconds: 60, queries: [] },
          lease: { enabled: true, interval_seconds: 60 },
          wifi: { enabled: true, interval_seconds: 30, hostapd_directory: '/var/run/hostapd' },
        },
        outbox: { max_bytes: 268_435_456, durability: 'auto', replay_messages_per_second: 20 },
        baseline: {
          enabled: true,
          password_max_days: 90,
          password_min_length: 8,
          lockout_attempts: 5,
          idle_minutes: 15,
          allowed_tcp_ports: [22],
          allowed_udp_ports: [68, 546],
        },
        check: {
          good: { delay_ms: 150, jitter_ms: 30, loss_percent: 1, mbit_per_second: 4 },
          fair: { delay_ms: 300, jitter_ms: 50, loss_percent: 2 },
        },
        throughput: { enabled: true },
      },
    });
    const none = openHome(makeTree({}));
    expect(none.configFile).toBe(join(none.dir, 'campus-edge.yaml'));
    expect(readAgentConfig(none).agent.collectors['disk']?.interval_seconds).toBe(30);
  });

  test('takes what is written and leaves the sections of others alone', () => {
    const config = read(`
gateway: { anything: goes }
agent:
  gateway: mqtts://gateway.school.example:8883
  collectors:
    disk: { enabled: false }
    ipv6: { interval_seconds: 60, targets: ["[2001:db8::53]:53"] }
  outbox: { durability: always }
`);
    expect(config.agent).toMatchObject({
      gateway: 'mqtts://gateway.school.example:8883',
      collectors: { disk: { enabled: false, interval_seconds: 30 }, ipv6: { targets: ['[2001:db8::53]:53'] } },
      outbox: { durability: 'always', max_bytes: 268_435_456, replay_messages_per_second: 20 },
    });
  });

  test.each([
    [
      'agent: { collectors: { disk: { interval_seconds: 0 } } }',
      'agent.collectors.disk.interval_seconds: expected seconds from 1 to 3600, got 0',
    ],
    [
      'agent: { collectors: { disc: {} } }',
      'agent.collectors.disc: unknown key, expected one of system, disk, network, ipv6',
    ],
    [
      'agent: { collectors: { ipv6: { targets: ["dns.example:53"] } } }',
      'agent.collectors.ipv6.targets.0: expected an IPv6 address and a port',
    ],
    [
      'agent: { collectors: { path: { servers: ["lesson.example"] } } }',
      'agent.collectors.path.servers.0: expected stamp://HOST, stamp://HOST:PORT, icmp://HOST or tcp://HOST:PORT',
    ],
    [
      'agent: { collectors: { resolver: { queries: [{ name: portal.example, expect: [somewhere] }] } } }',
      'agent.collectors.resolver.queries.0.expect.0: expected an address or a network such as 192.0.2.7',
    ],
    [
      'agent: { collectors: { resolver: { queries: [{ name: "two words" }] } } }',
      'agent.collectors.resolver.queries.0.name: expected a host name',
    ],
    [
      'agent: { check: { portal: "ftp://portal.example" } }',
      'agent.check.portal: expected the page where lessons begin',
    ],
    ['agent: { gateway: "http://x" }', 'agent.gateway: expected mqtts://host[:port]'],
    ['agent: { outbox: { durability: sometimes } }', 'agent.outbox.durability: expected auto'],
    ['agent: { outbox: { max_bytes: 1000 } }', 'agent.outbox.max_bytes: expected a number of bytes, at least 1048576'],
    [
      'agent: { outbox: { replay_messages_per_second: 0 } }',
      'agent.outbox.replay_messages_per_second: expected messages a second that are sent from disk after an outage, 1 to 1000',
    ],
  ])('%s is refused in words', (yaml, message) => {
    expect(() => read(yaml)).toThrow(message);
  });

  test('refuses to send a password in clear to another machine', () => {
    expect(() => read('agent: { gateway: "mqtt://192.168.1.5:1883" }')).toThrow('expected mqtts:// for 192.168.1.5');
    expect(read('agent: { gateway: "mqtt://[::1]:1883" }').agent.gateway).toBe('mqtt://[::1]:1883');
    expect(read('agent: { gateway: "mqtt://localhost" }').agent.gateway).toBe('mqtt://localhost');
  });
});
