import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeJoinToken } from '../../contract/join-token.ts';
import { secretLiterals } from './secret-literals.ts';
import { projectPaths, root } from './sources.ts';

const binary = /\.(png|jpg|ico|woff2?|gz|pcap|duckdb|sqlite)$/;
/** Nothing but checksums of packages. */
const checksums: readonly string[] = ['package-lock.json', 'campus-edge.cdx.json'];

/** What looks like a secret and is none. */
const known: readonly { where: RegExp; what: RegExp; why: string }[] = [
  { where: /^LICENSE$/, what: /^org\/licenses\//, why: 'an address' },
  { where: /^gateway\/access\/people\.ts$/, what: /^abcdefgh/, why: 'the characters of generated passwords' },
  { where: /backup\//, what: /^(campus-edge-school|before-restore)-2026/, why: 'the name of a backup' },
  { where: /supply-chain\//, what: /advisories\/GHSA-/, why: 'the address of an advisory' },
  { where: /ipv6/, what: /^(20010db8|fe80)/, why: 'an address as the kernel writes it' },
  { where: /^test\/gateway\/store\/credentials/, what: /^QWxhZGRpbjpvcGVu/, why: 'the example of RFC 7617' },
  {
    where: /^test\/gateway\/join\/certificate-requests/,
    what: /^[\w+/=]+$/,
    why: 'requests for certificates, and the hash of a public key',
  },
  { where: /cellular/, what: /^\/dev\/serial\/by-id\//, why: 'the name of a port' },
  { where: /^test\/runtime\/join-code/, what: /^M[\w+/=]+$/, why: 'a public key' },
];

describe('the repository', () => {
  it('holds no key, no token and nothing that looks like one', () => {
    const found = projectPaths()
      .filter((path) => !binary.test(path) && !checksums.includes(path))
      .flatMap((path) => secretLiterals(readFileSync(join(root, path), 'utf8')).map((literal) => ({ path, literal })));
    const isKnown = ({ path, literal }: { path: string; literal: string }): boolean =>
      known.some(({ where, what }) => where.test(path) && what.test(literal));
    expect(found.filter((one) => !isKnown(one))).toEqual([]);
    const unused = known.filter(
      ({ where, what }) => !found.some((one) => where.test(one.path) && what.test(one.literal)),
    );
    expect(unused).toEqual([]);
  });

  it('would be caught if it held one', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const random = (seed: number): Buffer => createHash('sha256').update(String(seed)).digest();
    const texts = [
      pem,
      JSON.stringify(pem),
      `token: ${encodeJoinToken({ fingerprint: randomBytes(32).toString('base64url'), secret: 'a'.repeat(22) })}`,
      ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => [
        `password = "${random(seed).toString('base64')}"`,
        `secret: ${random(seed).toString('base64url')}`,
        `'${random(seed).toString('hex')}'`,
      ]),
    ];
    for (const text of texts) expect(secretLiterals(text), text).not.toEqual([]);
    expect(secretLiterals('the quick-brown-fox/jumps_over CAMPUS_FLOWS_PORT a_very_long_name_in_snake_case42')).toEqual(
      [],
    );
  });
});
