import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import { GATEWAY_NAME } from '../../contract/gateway-name.ts';
import { openAdmin } from '../../gateway/admin.ts';
import { openHome, readCredentials } from '../../runtime/home.ts';
import type { KeyPair } from '../../runtime/x509/jobs.ts';
import type { Gateway } from '../faults/machine/gateway.ts';
import type { Account, Way } from '../faults/mqtt/connection.ts';
import { Certificates, serialOf } from './certificates.ts';
import type { CertificateKind, MqttWay, PasswordKind } from './kinds.ts';
import { example } from './topic-cases.ts';

/** What one client of a kind shows of itself. */
export interface MqttClient {
  account: Account;
  certificate?: KeyPair;
  /** Who it says it is; topics that are its own are this device's. */
  device: string;
}

const { site, other } = example;
const noAccount: Account = { username: '', password: '' };

/** Makes one client of every kind that speaks MQTT. */
export async function mqttClients(gateway: Gateway): Promise<Record<PasswordKind | CertificateKind, MqttClient>> {
  return { ...(await withPassword(gateway)), ...(await withCertificate(gateway)) };
}

async function withPassword(gateway: Gateway): Promise<Record<PasswordKind, MqttClient>> {
  const home = openHome(gateway.home);
  const admin = openAdmin(home, { now: Date.now, actor: 'test' });
  const right = await admin.addDevice({ site, device: example.device });
  await admin.addDevice({ site, device: other });
  const revoked = await admin.addDevice({ site, device: 'room-9' });
  admin.revokeDevice({ site, device: 'room-9' });
  const replaced = await admin.addDevice({ site, device: 'room-8' });
  await admin.rotateDevice({ site, device: 'room-8' });
  await admin.addUser({ name: 'ann', role: 'admin', password: 'correct horse' });
  const token = admin.createToken({ name: 'mqtt', role: 'admin' });
  admin.close();
  await new Certificates(gateway).joined('room-7');
  const flows = readCredentials(home, 'flows') ?? noAccount;
  const of = (username: string, password: string, device: string = example.device): MqttClient => ({
    account: { username, password },
    device,
  });
  return {
    nobody: of('', ''),
    'a wrong password': of(right.username, 'wrong'),
    'a name that there is not': of(`${site}/nowhere`, right.password),
    'the password of another device': of(`${site}/${other}`, right.password),
    'a revoked account': of(revoked.username, revoked.password),
    'a password that was replaced': of(replaced.username, replaced.password),
    'a person': of('ann', 'correct horse'),
    'a token of a program': of('mqtt', token.secret),
    'a device that joined by certificate, with no password': of(`${site}/room-7`, ''),
    'a device with its password': of(right.username, right.password),
    'the flows': of(flows.username, flows.password),
  };
}

async function withCertificate(gateway: Gateway): Promise<Record<CertificateKind, MqttClient>> {
  const certificates = new Certificates(gateway);
  const { ours } = certificates;
  const theirs = certificates.selfSigned('campus-edge CA');
  const mine = await certificates.joined('room-11');
  const revoked = await certificates.joined('room-12');
  const before = await certificates.joined('room-13');
  await certificates.joined('room-13');
  const replaced = await certificates.joined('room-14');
  const admin = openAdmin(openHome(gateway.home), { now: Date.now, actor: 'test' });
  admin.revokeDevice({ site, device: 'room-12' });
  await admin.rotateDevice({ site, device: 'room-14' });
  const beside = await admin.addDevice({ site, device: 'room-15' });
  admin.close();
  const serial = serialOf(mine);
  const of = (certificate: KeyPair, device = 'room-11', account = noAccount): MqttClient => ({
    ...{ account, certificate, device },
  });
  // A number of the account that it is for, so that nothing but what is tried is wrong with each.
  const forged = (authority: KeyPair, more: { device?: string; startsInDays?: number } = {}): KeyPair =>
    certificates.signed(authority, { device: 'room-11', serial, ...more });
  const byDevice = forged(mine);
  return {
    'a device with its certificate': of(mine),
    'a device with its certificate, and the name of another': of(await certificates.joined('room-16'), 'room-16', {
      username: `${site}/${other}`,
      password: 'wrong',
    }),
    'a right password beside the certificate of another site': of(forged(theirs), 'room-15', beside),
    'the certificate of a revoked device': of(revoked, 'room-12'),
    'the certificate of a device that has joined anew': of(before, 'room-13'),
    'the certificate of a device that has got a password since': of(replaced, 'room-14'),
    'an expired certificate': of(forged(ours, { startsInDays: -2 })),
    'a certificate that does not hold yet': of(forged(ours, { startsInDays: 1 })),
    'a certificate of another site, for this very device': of(forged(theirs)),
    'an expired certificate of another site': of(forged(theirs, { startsInDays: -2 })),
    'a certificate that signs itself': of(certificates.selfSigned('room-11')),
    'a certificate that a device has signed': of({ ...byDevice, certificate: byDevice.certificate + mine.certificate }),
    'a certificate for an id that has no account': of(forged(ours, { device: 'nowhere' }), 'nowhere'),
    'a certificate for another id than its number': of(forged(ours, { device: other }), other),
    'a certificate for the flows': of(forged(ours, { device: 'flows' }), 'flows'),
    "the gateway's own certificate": of(certificates.gateways),
  };
}

/** The way by which a client comes to the broker. */
export function wayTo(gateway: Gateway, way: MqttWay, shown: KeyPair | undefined): Way {
  const { certificate: ca } = new Certificates(gateway).ours;
  const certificate = shown === undefined ? {} : { cert: shown.certificate, key: shown.key };
  const tls = { ca, servername: GATEWAY_NAME, ...certificate };
  switch (way) {
    case 'MQTT':
      return { port: gateway.mqttPort };
    case 'MQTT by TLS':
      return { stream: connect({ host: '127.0.0.1', port: gateway.mqttsPort, ...tls }) };
    case 'WebSocket':
      return { stream: streamOf(new WebSocket(`ws://127.0.0.1:${gateway.httpPort}/mqtt`, 'mqtt')) };
    case 'WebSocket by TLS':
      return { stream: streamOf(new WebSocket(`wss://127.0.0.1:${gateway.httpsPort}/mqtt`, 'mqtt', tls)) };
  }
}

function streamOf(webSocket: WebSocket): Duplex {
  const stream = createWebSocketStream(webSocket);
  // It has ended for both sides, which the library leaves open.
  return stream.once('end', () => stream.destroy());
}
