import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { GATEWAY_NAME } from '../../contract/gateway-name.ts';
import type { Home } from '../../runtime/home.ts';
import type { Logger } from '../../runtime/log.ts';
import type { KeyPair } from '../../runtime/x509/jobs.ts';
import { type OwnCertificateFiles, readOwnCertificate } from './own-certificate.ts';
import type { ServerNames } from './own-names.ts';
import { makeServerCertificate, readServerCertificate, renewalCause } from './server-certificate.ts';
import { hasSigned, type SiteAuthority } from './site-authority.ts';
import { tlsSettings } from './tls-settings.ts';

export interface TlsIdentityOptions {
  home: Home;
  authority: SiteAuthority;
  /** What the gateway is called by now. */
  names: () => ServerNames;
  /** Where the gateway serves the authority's list of revoked certificates. */
  revocationUrl: string;
  /** The administrator's own certificate, where there is one. */
  own: OwnCertificateFiles | undefined;
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
}

/** A server that can be told of another certificate while it runs. */
interface SwapsContext {
  setSecureContext(options: SecureContextOptions): void;
}

/**
 * The certificates that the gateway shows, kept up to date while it runs: the site's own to whoever asks for `GATEWAY_NAME`, as agents do,
 * and to everybody else the administrator's, where there is one.
 */
export class TlsIdentity {
  readonly #options: TlsIdentityOptions;
  readonly #servers = new Set<SwapsContext>();
  #site: KeyPair;
  #own: KeyPair | undefined;
  #siteContext: SecureContext;

  private constructor(options: TlsIdentityOptions, site: KeyPair, own: KeyPair | undefined) {
    this.#options = options;
    this.#site = site;
    this.#own = own;
    this.#siteContext = createSecureContext(this.#contextOptions(site));
  }

  /** @throws CampusError `certificate_unusable` for an own certificate that is broken, expired, or of another key */
  static async open(options: TlsIdentityOptions): Promise<TlsIdentity> {
    const { home, own, now } = options;
    const ownPair = own === undefined ? undefined : readOwnCertificate(own, home.dir, now());
    return new TlsIdentity(options, await TlsIdentity.#siteCertificate(options), ownPair);
  }

  static async #siteCertificate(options: TlsIdentityOptions): Promise<KeyPair> {
    const { home, authority, revocationUrl, log, now } = options;
    const wanted = { authority, names: options.names(), now: now() };
    const present = readServerCertificate(home);
    const cause = present === undefined ? 'there is none' : renewalCause(present, wanted);
    if (present !== undefined && cause === undefined) return present;
    const made = await makeServerCertificate(home, { ...wanted, revocationUrl });
    log.info({ cause, until: new X509Certificate(made.certificate).validTo }, 'made a certificate for this gateway');
    return made;
  }

  /** What a server is created with: its certificate, and the authority that the certificates of devices come from. */
  get serverOptions(): SecureContextOptions & { SNICallback: SniCallback } {
    return {
      ...this.#contextOptions(this.#own ?? this.#site),
      SNICallback: (name, done) => done(null, name === GATEWAY_NAME ? this.#siteContext : undefined),
    };
  }

  /** Whether a certificate is of this site, in its time or not. */
  hasSigned(certificate: X509Certificate): boolean {
    return hasSigned(this.#options.authority.certificate, certificate);
  }

  /** Keeps a server's certificate up to date. */
  follow(server: SwapsContext): void {
    this.#servers.add(server);
  }

  /** Renews what is due, and takes over an own certificate that was replaced on disk; open connections go on. Once a minute will do. */
  async refresh(): Promise<void> {
    const { own, home, log, now } = this.#options;
    const site = await TlsIdentity.#siteCertificate(this.#options);
    let ownPair = this.#own;
    try {
      if (own !== undefined) ownPair = readOwnCertificate(own, home.dir, now());
    } catch (error) {
      // Somebody may be writing it this moment; if not, whoever looks into the log finds this once a minute.
      log.error({ err: error }, 'the own certificate cannot be used; the one before stays');
    }
    if (site.key === this.#site.key && ownPair?.certificate === this.#own?.certificate) return;
    this.#site = site;
    this.#own = ownPair;
    this.#siteContext = createSecureContext(this.#contextOptions(site));
    for (const server of this.#servers) server.setSecureContext(this.#contextOptions(ownPair ?? site));
    log.info('the gateway shows another certificate from now on');
  }

  #contextOptions({ certificate, key }: KeyPair): SecureContextOptions {
    return { ...tlsSettings, cert: certificate, key, ca: this.#options.authority.certificate };
  }
}

type SniCallback = (name: string, done: (error: Error | null, context?: SecureContext) => void) => void;
