import type { Registry as MetricsRegistry } from 'prom-client';
import type { Logger } from '../../runtime/log.ts';
import type { Access } from '../access/access.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { Backups } from '../backup/backups.ts';
import type { Commands } from '../commands/commands.ts';
import type { SelfCommands } from '../commands/self-commands.ts';
import type { Exports } from '../exports.ts';
import type { ApprovalQueue } from '../join/approval-queue.ts';
import type { Joining } from '../join/joining.ts';
import type { RevocationList } from '../pki/revocation-list.ts';
import type { TlsIdentity } from '../pki/tls-identity.ts';
import type { PrivacyReports } from '../privacy/report/privacy-reports.ts';
import type { Registry } from '../registry/registry.ts';
import type { LatestQuery, Point } from '../store/store.ts';
import type { StoreClient } from '../store/store-client.ts';
import type { LiveFeed } from './live-feed.ts';

/** What the HTTP API serves from. */
export interface HttpDeps {
  readonly registry: Registry;
  readonly access: Pick<Access, 'accounts' | 'bans' | 'people' | 'signIn'>;
  readonly alerts: Alerts;
  readonly commands: Pick<Commands, 'request' | 'get' | 'list' | 'onChange'>;
  readonly store: Pick<StoreClient, 'seriesJson'>;
  readonly backups: Backups;
  readonly exports: Exports;
  readonly privacyReports: Pick<PrivacyReports, 'make'>;
  /** Lets devices in. */
  readonly joining: Pick<Joining, 'authority' | 'url' | 'checkFingerprint' | 'join' | 'renew'>;
  /** What devices may ask about themselves. */
  readonly selfCommands: Pick<SelfCommands, 'ask' | 'inquire'>;
  /** The certificates of devices that are revoked. */
  readonly revocationList: Pick<RevocationList, 'current'>;
  /** Devices that ask to be let in without a token. */
  readonly approvals: Pick<
    ApprovalQueue,
    'enabled' | 'onChange' | 'announce' | 'inquire' | 'waiting' | 'approve' | 'reject'
  >;
  /** The newest point of every series, from memory. */
  readonly latest: { query(query: LatestQuery): Point[] };
  readonly live: LiveFeed;
  /** True while the gateway can do its job. */
  readonly readiness: () => boolean;
  /** Where the built console lies; it may be missing. Absolute. */
  readonly consoleDir: string;
  /** Where the editor of the flows process listens on loopback, and by what it knows the gateway. */
  readonly flowsEditor: { readonly port: number; readonly secret: string };
  /** The gateway's own figures; those of the process are added. */
  readonly metrics: MetricsRegistry;
  readonly about: {
    readonly version: string;
    readonly site: string;
    /** Name of the primary store. */
    readonly store: string;
    /** ms */
    readonly startedAt: number;
  };
  /** How other machines find the broker, and the authority to trust (PEM); undefined where they cannot. */
  readonly network: () => { host: string; port: number; ca: string } | undefined;
  /** The certificates for TLS; absent where the gateway is for this machine alone. */
  readonly identity?: TlsIdentity;
  readonly log: Logger;
  readonly now: () => number;
}
