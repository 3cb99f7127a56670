import type { Logger } from '../runtime/log.ts';
import type { Access } from './access/access.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { SpoolAlert } from './alerts/spool-alert.ts';
import type { StoreAlert } from './alerts/store-alert.ts';
import type { Broker } from './broker/broker.ts';
import { type Departures, RETURN_MS } from './departures.ts';
import { type GiveBack, LOOK_MS } from './memory/give-back.ts';
import type { TlsIdentity } from './pki/tls-identity.ts';
import { FLUSH_MS, type Registry } from './registry/registry.ts';
import type { Retained } from './retained.ts';
import { Revocations } from './revocations.ts';

/** How soon a revocation, made by the console or by the command line in another process, ends open connections. */
const REVOCATION_MS = 1000;
/** How soon a device that did not come back is missed, and the alerts about the spool and the stores are looked after. */
const DEPARTURES_MS = 5000;
const PRUNE_MS = 3600 * 1000;
/** How soon the certificate holds an address that the machine has got. */
const CERTIFICATE_MS = 60_000;

export interface TimersOptions {
  identity: TlsIdentity;
  registry: Registry;
  access: Access;
  alerts: Alerts;
  spoolAlert: SpoolAlert;
  storeAlert: StoreAlert;
  broker: Broker;
  retained: Retained;
  departures: Departures;
  giveBack: GiveBack;
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
}

/** Starts what the gateway does by the clock. Returns how to stop it. */
export function startTimers(options: TimersOptions): () => void {
  const {
    identity,
    registry,
    access,
    alerts,
    spoolAlert,
    storeAlert,
    broker,
    retained,
    departures,
    giveBack,
    log,
    now,
  } = options;
  const revocations = new Revocations({ registry, access, alerts, broker, retained, now });
  const guarded = (work: () => void) => (): void => {
    try {
      work();
    } catch (error) {
      // A disk that is full now may not be at the next turn; the registry keeps in memory what it could not write.
      log.error({ err: error }, 'the registry cannot be written');
    }
  };
  const timers = [
    setInterval(
      guarded(() => revocations.apply()),
      REVOCATION_MS,
    ),
    setInterval(
      guarded(() => registry.flush()),
      FLUSH_MS,
    ),
    setInterval(
      guarded(() => {
        registry.prune();
        alerts.prune(now());
      }),
      PRUNE_MS,
    ),
    setInterval(
      guarded(() => {
        spoolAlert.tick();
        for (const lost of departures.takeOverdue(now())) retained.declareOffline(lost, now());
        storeAlert.tick();
      }),
      DEPARTURES_MS,
    ),
    setInterval(() => {
      identity.refresh().catch((error) => log.error({ err: error }, 'the certificate cannot be renewed'));
    }, CERTIFICATE_MS),
    setInterval(() => {
      giveBack.look().catch((error) => log.error({ err: error }, 'memory cannot be returned'));
    }, LOOK_MS),
    setTimeout(
      guarded(() => retained.declareLost(now())),
      RETURN_MS,
    ),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
