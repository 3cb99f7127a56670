import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAdmin } from '../../gateway/admin.ts';
import { openHome } from '../../runtime/home.ts';
import type { KeyPair } from '../../runtime/x509/jobs.ts';
import type { Gateway } from '../faults/machine/gateway.ts';
import { OpenSsl } from '../support/openssl.ts';
import { example } from './topic-cases.ts';

const HOUR_MS = 3600_000;

/** Makes certificates as devices get them, and as somebody might who wants in. */
export class Certificates {
  readonly #gateway: Pick<Gateway, 'home' | 'httpPort'>;
  readonly #openSsl = new OpenSsl();

  constructor(gateway: Pick<Gateway, 'home' | 'httpPort'>) {
    this.#gateway = gateway;
  }

  /** The certificate that a device gets with a join token, and its key. */
  async joined(device: string): Promise<KeyPair> {
    const { home, httpPort } = this.#gateway;
    const admin = openAdmin(openHome(home), { now: Date.now, actor: 'test' });
    const { text } = admin.createJoinToken({ device, lifeMs: HOUR_MS });
    admin.close();
    const { request, key } = this.#openSsl.request('CN=any');
    const response = await fetch(`http://127.0.0.1:${httpPort}/api/v1/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret: text.slice(-22), host_name: device, request }),
    });
    if (response.status !== 201) throw new Error(`${device} cannot join: ${response.status} ${await response.text()}`);
    const { certificate } = (await response.json()) as { certificate: string };
    return { certificate, key };
  }

  /** A certificate such as only who holds the authority's key can make. @param startsInDays it holds for one day */
  signed(authority: KeyPair, { device, serial, startsInDays = 0 }: Signing): KeyPair {
    return this.#openSsl.signed(authority, { subject: `O=${example.site}/CN=${device}`, serial, startsInDays });
  }

  /** One that nobody but its own key has signed; as an authority it may sign others. */
  selfSigned(device: string): KeyPair {
    return this.#openSsl.selfSigned(`O=${example.site}/CN=${device}`);
  }

  /** The authority of this site. */
  get ours(): KeyPair {
    return { certificate: this.#read('ca.crt'), key: this.#read('ca.key') };
  }

  /** That by which the gateway shows who it is, as somebody has it who has got at its files. */
  get gateways(): KeyPair {
    const both = this.#read('server.pem');
    return { certificate: both, key: both };
  }

  #read(file: string): string {
    return readFileSync(join(this.#gateway.home, 'pki', file), 'utf8');
  }
}

interface Signing {
  device: string;
  /** Hexadecimal. */
  serial: string;
  startsInDays?: number;
}

/** The number of a certificate, which says which account it was made for. */
export function serialOf({ certificate }: KeyPair): string {
  return new X509Certificate(certificate).serialNumber;
}
