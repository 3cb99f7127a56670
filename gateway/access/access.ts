import type { Registry } from '../registry/registry.ts';
import { Authenticator } from './authenticator.ts';
import { Bans, mqttBanRule } from './bans.ts';
import { DeviceAccounts } from './device-accounts.ts';
import { DeviceCertificates } from './device-certificates.ts';
import { People } from './people.ts';
import { SignIn } from './sign-in.ts';
import { passwordGateLimits, secretGateLimits, WorkGate } from './work-gate.ts';

/** Who may come in, by MQTT and by HTTP. */
export interface Access {
  /** Gives MQTT accounts and takes them away. */
  readonly accounts: DeviceAccounts;
  /** Checks MQTT clients. */
  readonly authenticator: Authenticator;
  /** Checks the certificates of devices. */
  readonly certificates: DeviceCertificates;
  /** Addresses at which too many MQTT log-ins failed. */
  readonly bans: Bans;
  /** Users and their passwords. */
  readonly people: People;
  /** Signs people in to the HTTP API. */
  readonly signIn: SignIn;
}

/** Builds the access of one gateway; each kind of password has one gate over all its uses. */
export function createAccess(registry: Registry, now: () => number): Access {
  const { credentials, users, sessions, audit } = registry;
  const people = new People({ users, gate: new WorkGate(passwordGateLimits), now });
  return {
    accounts: new DeviceAccounts({ credentials, now }),
    authenticator: new Authenticator({ credentials, gate: new WorkGate(secretGateLimits) }),
    certificates: new DeviceCertificates({ credentials, now }),
    bans: new Bans(mqttBanRule, now),
    people,
    signIn: new SignIn({ people, sessions, audit, now }),
  };
}
