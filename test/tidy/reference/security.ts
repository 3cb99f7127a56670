import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processNames } from '../../../cli/supervisor/spawn-process.ts';
import { limits } from '../../../contract/limits.ts';
import { mqttBanRule } from '../../../gateway/access/bans.ts';
import { addressRule, userRule } from '../../../gateway/access/login-throttle.ts';
import { passwordCost } from '../../../gateway/access/password-hash.ts';
import { PASSWORD_MIN } from '../../../gateway/access/people.ts';
import { brokerLimits } from '../../../gateway/broker/limits.ts';
import { joinTokenLife } from '../../../gateway/join/new-join-token.ts';
import { lifetimes } from '../../../gateway/pki/lifetimes.ts';
import { tlsSettings } from '../../../gateway/pki/tls-settings.ts';
import { AUDIT_LIFE_MS } from '../../../gateway/registry/audit.ts';
import { AUDIT_LEAST_MS } from '../../../gateway/registry/audit-schema.ts';
import { SESSION_IDLE_MS, SESSION_LIFE_MS } from '../../../gateway/registry/sessions.ts';
import { TOKEN_LIFE_DEFAULT_MS, TOKEN_LIFE_MAX_MS } from '../../../gateway/registry/tokens.ts';
import { EDITOR_BODY_BYTES } from '../../../runtime/editor-proxy.ts';
import { defaultPorts, type PortName, transportOf } from '../../../runtime/ports.ts';
import { EXPOSURE_MAX } from '../../deploy/exposure.ts';
import { root } from '../sources.ts';
import { markdownTable } from './markdown.ts';

/** What listens on each port, and where. */
const listeners: Readonly<Record<PortName, { what: string; where: string }>> = {
  CAMPUS_HTTP_PORT: { what: 'console and API in clear', where: '`gateway.http.host`, a loopback address' },
  CAMPUS_MQTT_PORT: { what: 'MQTT in clear', where: '`gateway.mqtt.host`, a loopback address' },
  CAMPUS_HTTPS_PORT: {
    what: 'console, API, joining and MQTT in WebSockets by TLS',
    where: '`gateway.tls.host`, by default every address',
  },
  CAMPUS_MQTTS_PORT: { what: 'MQTT by TLS', where: '`gateway.tls.host`, by default every address' },
  CAMPUS_STAMP_PORT: {
    what: 'STAMP test packets, for `gateway.stamp.sources` alone',
    where: '`gateway.tls.host`, by default every address',
  },
  CAMPUS_THROUGHPUT_PORT: {
    what: '`iperf3`, for the time of a measurement that was commanded or scheduled; else nothing',
    where: '`gateway.tls.host`, by default every address',
  },
  CAMPUS_FLOWS_PORT: { what: 'the flows’ editor, for the gateway alone', where: '127.0.0.1' },
};

/** The ports, bounds and times that security rests on, and how far each unit is closed in. */
export function securityReference(): string {
  const ports = (Object.keys(defaultPorts) as PortName[]).map((name) => [
    String(defaultPorts[name]),
    transportOf(name).toUpperCase(),
    `\`${name}\``,
    listeners[name].what,
    listeners[name].where,
  ]);
  return [
    '## Ports',
    'All are of TCP but one.',
    markdownTable(['port', 'transport', 'set by', 'what', 'listens on'], ports),
    '## Figures',
    markdownTable(['what', 'value'], figures()),
    '## Units',
    `\`systemd-analyze security\` counts at most ${EXPOSURE_MAX.toFixed(1)} of 10 for each.`,
    markdownTable(['unit', 'user', 'writes', 'rights of root'], processNames.map(unitRow)),
  ].join('\n\n');
}

function figures(): string[][] {
  const { cost, blockSize, parallelization } = passwordCost;
  return [
    ['least TLS', tlsSettings.minVersion.replace('v', ' ')],
    [
      'a certificate holds; is renewed when less is left than',
      `${time(lifetimes.holdsMs)}; ${time(lifetimes.renewMs)}`,
    ],
    ['a join token holds; at most', `${time(joinTokenLife.defaultMs)}; ${time(joinTokenLife.mostMs)}`],
    ['a token of the API holds; at most', `${time(TOKEN_LIFE_DEFAULT_MS)}; ${time(TOKEN_LIFE_MAX_MS)}`],
    ['a session ends unused; in any case', `${time(SESSION_IDLE_MS)}; ${time(SESSION_LIFE_MS)}`],
    ['least characters of a password', String(PASSWORD_MIN)],
    ['passwords are hashed by', `scrypt, N ${cost}, r ${blockSize}, p ${parallelization}`],
    ['wrong passwords before an address waits; longest wait', `${addressRule.free}; ${time(addressRule.maxWaitMs)}`],
    ['wrong passwords before a name waits; longest wait', `${userRule.free}; ${time(userRule.maxWaitMs)}`],
    [
      'failed log-ins by MQTT that ban an address; first and longest ban',
      `${mqttBanRule.failures} in ${time(mqttBanRule.withinMs)}; ${time(mqttBanRule.firstMs)}, ${time(mqttBanRule.longestMs)}`,
    ],
    ['MQTT connections', String(brokerLimits.connections)],
    [
      'bytes of an MQTT packet; of one before the log-in',
      `${limits.packetBytes}; ${brokerLimits.packetBytesUnauthenticated}`,
    ],
    ['bytes of a payload', String(limits.payloadBytes)],
    ['bytes of a request to the editor', String(EDITOR_BODY_BYTES)],
    ['the audit log is kept; never deleted before', `${time(AUDIT_LIFE_MS)}; ${time(AUDIT_LEAST_MS)}`],
  ];
}

function unitRow(name: (typeof processNames)[number]): string[] {
  const file = `campus-edge-${name}.service`;
  const unit = readFileSync(join(root, 'deploy/systemd', file), 'utf8');
  const setting = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
  const writes = setting('ReadWritePaths')
    .split(' ')
    .map((path) => `\`${path.replace(/^-/, '')}\``);
  return [`\`${file}\``, setting('User'), writes.join(', '), setting('CapabilityBoundingSet') || 'none'];
}

/** In the largest unit that it is several of: `12 hours`, `60 s`. */
function time(ms: number): string {
  const units = [
    ['days', 24 * 3600 * 1000],
    ['hours', 3600 * 1000],
    ['minutes', 60 * 1000],
  ] as const;
  const [unit, size] = units.find(([, one]) => ms % one === 0 && ms >= 2 * one) ?? ['s', 1000];
  return `${ms / size} ${unit}`;
}
