import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnrolment } from '../../../runtime/enrolment-file.ts';
import { credentialsFile, editorSecretFile, type Home, readCredentialsFile } from '../../../runtime/home.ts';

/** What is shorter may stand anywhere by chance. */
const TELLING_CHARS = 12;

/** Secrets by what they are. */
export type Secrets = ReadonlyMap<string, string>;

/** What the product made for itself in a home where all three processes have run. */
export function secretsOf(home: Home): Map<string, string> {
  const read = (path: string): string => readFileSync(path, 'utf8').trim();
  const keys = JSON.parse(read(join(home.gatewayDir, 'pseudonym-keys.json'))) as Record<string, { key: string }>;
  const secrets = new Map([
    ['the MQTT password of the agent', readCredentialsFile(credentialsFile(home, 'agent'))?.password ?? ''],
    ['the MQTT password of the flows', readCredentialsFile(credentialsFile(home, 'flows'))?.password ?? ''],
    ['the secret of the editor', read(editorSecretFile(home))],
    ['the key of the nodes’ secrets', read(join(home.flowsDir, 'node-secrets.key'))],
    ['the key of the site’s authority', privatePart(read(join(home.pkiDir, 'ca.key')))],
    ['the key of the gateway’s certificate', privatePart(read(join(home.pkiDir, 'server.pem')))],
    ...Object.values(keys).map(({ key }) => ['the key of the pseudonyms', key] as const),
  ]);
  return known(secrets);
}

/** What `enroll` left on a box. */
export function secretsOfBox(home: Home): Map<string, string> {
  return known(new Map([['the key of the box', privatePart(readEnrolment(home)?.key ?? '')]]));
}

function known(secrets: Map<string, string>): Map<string, string> {
  const short = [...secrets].filter(([, secret]) => secret.length < 20);
  if (short.length > 0) throw new Error(`not found: ${short.map(([what]) => what).join(', ')}`);
  return secrets;
}

/** What alone is secret in a key on a curve (RFC 7518 §6.2.2.1), base64url. */
function privatePart(pem: string): string {
  return createPrivateKey(pem).export({ format: 'jwk' }).d ?? '';
}

/** Which of the secrets stand in a text, as they are or as programs write them down. */
export function secretsIn(text: string, secrets: Secrets): string[] {
  // Keys are written in lines of 64 characters (RFC 7468), whose ends JSON writes as `\n`.
  const joined = text.replaceAll(/\\[nr]|[\r\n]/g, '');
  return [...secrets]
    .filter(([, secret]) => spellings(secret).some((one) => text.includes(one) || joined.includes(one)))
    .map(([what]) => what);
}

function spellings(secret: string): string[] {
  const text = Buffer.from(secret);
  const bytes = Buffer.from(secret, 'base64url');
  // In a base64 text that begins earlier, the bytes of the secret lie at one of three places; the ends mix with what is around them.
  const shifted = [0, 1, 2].flatMap((shift) =>
    [text, bytes].map((value) =>
      Buffer.concat([Buffer.alloc(shift), value])
        .toString('base64')
        .slice(4, -4),
    ),
  );
  const others = [encodeURIComponent(secret), text.toString('hex'), bytes.toString('hex'), ...shifted];
  return [secret, ...others.filter(({ length }) => length >= TELLING_CHARS)];
}
