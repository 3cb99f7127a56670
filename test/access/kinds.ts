import type { ErrorCode } from '../../contract/errors.ts';
import type { Role } from '../../gateway/access/roles.ts';
import type { TokenScope } from '../../gateway/access/token-scopes.ts';

/** The ways to the broker, as the document names them. */
export const mqttWays = ['MQTT', 'MQTT by TLS', 'WebSocket', 'WebSocket by TLS'] as const;
export type MqttWay = (typeof mqttWays)[number];

/** What comes of a CONNECT: the column of the topics' table that tells what the client may do, or why it is refused. */
export type Admission = 'device' | 'flows' | ErrorCode;

/** A kind of MQTT client, and what it is by each way; a way is missing by which there is no such client. */
export interface MqttKind {
  kind: string;
  by: Partial<Record<MqttWay, Admission>>;
}

/** Those who show a user name and a password, or nothing. */
const passwordKinds = [
  { kind: 'nobody', by: everyWay('credentials_missing') },
  { kind: 'a wrong password', by: everyWay('credentials_wrong') },
  { kind: 'a name that there is not', by: everyWay('credentials_wrong') },
  { kind: 'the password of another device', by: everyWay('credentials_wrong') },
  { kind: 'a revoked account', by: everyWay('credentials_wrong') },
  { kind: 'a password that was replaced', by: everyWay('credentials_wrong') },
  { kind: 'a person', by: everyWay('credentials_wrong') },
  { kind: 'a token of a program', by: everyWay('credentials_wrong') },
  { kind: 'a device that joined by certificate, with no password', by: everyWay('credentials_wrong') },
  { kind: 'a device with its password', by: everyWay('device') },
  { kind: 'the flows', by: everyWay('flows') },
] as const satisfies readonly MqttKind[];
export type PasswordKind = (typeof passwordKinds)[number]['kind'];

/** Those who show a certificate. */
const certificateKinds = [
  { kind: 'a device with its certificate', by: byCertificate('device') },
  {
    kind: 'a device with its certificate, and the name of another',
    by: byCertificate('device', 'credentials_wrong'),
  },
  {
    kind: 'a right password beside the certificate of another site',
    by: byCertificate('certificate_unknown', 'device'),
  },
  { kind: 'the certificate of a revoked device', by: byCertificate('certificate_revoked') },
  { kind: 'the certificate of a device that has joined anew', by: byCertificate('certificate_revoked') },
  { kind: 'the certificate of a device that has got a password since', by: byCertificate('certificate_revoked') },
  { kind: 'an expired certificate', by: byCertificate('certificate_expired') },
  { kind: 'a certificate that does not hold yet', by: byCertificate('certificate_expired') },
  { kind: 'a certificate of another site, for this very device', by: byCertificate('certificate_unknown') },
  { kind: 'an expired certificate of another site', by: byCertificate('certificate_unknown') },
  { kind: 'a certificate that signs itself', by: byCertificate('certificate_unknown') },
  { kind: 'a certificate that a device has signed', by: byCertificate('certificate_unknown') },
  { kind: 'a certificate for an id that has no account', by: byCertificate('certificate_unknown') },
  { kind: 'a certificate for another id than its number', by: byCertificate('certificate_revoked') },
  { kind: 'a certificate for the flows', by: byCertificate('certificate_unknown') },
  { kind: "the gateway's own certificate", by: byCertificate('certificate_unknown') },
] as const satisfies readonly MqttKind[];
export type CertificateKind = (typeof certificateKinds)[number]['kind'];

/** Every kind of client that the matrix tries by MQTT. */
export const mqttClientKinds = [...passwordKinds, ...certificateKinds] as const;

function everyWay(admission: Admission): MqttKind['by'] {
  return Object.fromEntries(mqttWays.map((way) => [way, admission]));
}

/** The port of the console asks for no certificate, for each browser would show its user a choice of them: there it stands for nothing. */
function byCertificate(admission: Admission, beside: Admission = 'credentials_missing'): MqttKind['by'] {
  return { 'MQTT by TLS': admission, 'WebSocket by TLS': beside };
}

/** A kind of HTTP client. */
export interface HttpKind {
  kind: string;
  /** The column of the routes' table that tells what it may do; `nobody` for who may do what is anonymous. */
  is: Role | 'nobody' | 'this machine';
  /** What its token is narrowed to. */
  scopes?: readonly TokenScope[];
}

/** Every kind of client that the matrix tries by HTTP, in clear and by TLS. */
export const httpClientKinds = [
  { kind: 'nobody', is: 'nobody' },
  { kind: 'a program on this machine', is: 'this machine' },
  { kind: 'a wrong password', is: 'nobody' },
  { kind: 'a right password that is sent with each request', is: 'nobody' },
  { kind: 'a token that there is not', is: 'nobody' },
  { kind: 'a revoked token', is: 'nobody' },
  { kind: 'an expired token', is: 'nobody' },
  { kind: 'a join token', is: 'nobody' },
  { kind: 'the password of a device', is: 'nobody' },
  { kind: 'the certificate of a device', is: 'nobody' },
  { kind: 'a session that there is not', is: 'nobody' },
  { kind: 'a session that was ended', is: 'nobody' },
  { kind: 'a session that nobody has used for a day', is: 'nobody' },
  { kind: 'a session from before the password was changed', is: 'nobody' },
  { kind: 'a session of somebody who was removed', is: 'nobody' },
  { kind: 'a token narrowed to metrics', is: 'admin', scopes: ['metrics'] },
  { kind: 'a token narrowed to measurements', is: 'viewer', scopes: ['measurements'] },
  { kind: 'a token narrowed to audit', is: 'auditor', scopes: ['audit'] },
  { kind: 'a token narrowed to what its role may not', is: 'auditor', scopes: ['devices'] },
  { kind: 'a token of a viewer', is: 'viewer' },
  { kind: 'a token of an operator', is: 'operator' },
  { kind: 'a token of an admin', is: 'admin' },
  { kind: 'a token of an auditor', is: 'auditor' },
  { kind: 'a viewer', is: 'viewer' },
  { kind: 'an operator', is: 'operator' },
  { kind: 'an admin', is: 'admin' },
  { kind: 'an auditor', is: 'auditor' },
] as const satisfies readonly HttpKind[];
export type HttpKindName = (typeof httpClientKinds)[number]['kind'];
