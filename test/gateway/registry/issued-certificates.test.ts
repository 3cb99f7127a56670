import { describe, expect, it } from 'vitest';
import { temporaryRegistry } from './temporary-registry.ts';

const DAY_MS = 24 * 3600 * 1000;
const owner = { kind: 'device', site: 'school', device: 'room-1' } as const;

function setUp() {
  const { registry, clock } = temporaryRegistry();
  const { credentials, issuedCertificates } = registry;
  const give = (): void => void credentials.put(owner, { hash: '', replace: true, now: clock.now() });
  const add = (serial: string, version: number): void =>
    issuedCertificates.add(
      { serial, username: 'school/room-1', version, expiresAt: clock.now() + 10 * DAY_MS },
      clock.now(),
    );
  give();
  add('01AA', 1);
  return { registry, clock, give, add };
}

describe('an issued certificate', () => {
  it('counts as revoked from the moment at which its account was revoked, and not once more', () => {
    const { registry, clock, give } = setUp();
    const { issuedCertificates, credentials } = registry;
    expect(issuedCertificates.revoked()).toEqual([]);
    const before = issuedCertificates.revision();
    clock.pass(5);
    const revokedAt = clock.now();
    credentials.revoke('school/room-1', revokedAt);
    clock.pass(5);
    give();
    expect(issuedCertificates.revoked()).toEqual([{ serial: '01aa', revokedAt }]);
    expect(issuedCertificates.revision()).not.toBe(before);
  });

  it('counts as revoked when its device has joined anew, and the new one does not', () => {
    const { registry, clock, give, add } = setUp();
    clock.pass(5);
    give();
    add('01bb', 2);
    expect(registry.issuedCertificates.revoked()).toEqual([{ serial: '01aa', revokedAt: clock.now() }]);
  });

  it('of an account that was changed while it was made counts as revoked at once', () => {
    const { registry, clock, give, add } = setUp();
    give();
    add('01cc', 1);
    expect(registry.issuedCertificates.revoked()).toContainEqual({ serial: '01cc', revokedAt: clock.now() });
  });

  it('stays listed when its device is erased, without the name', () => {
    const { registry, clock } = setUp();
    const { credentials, issuedCertificates, db } = registry;
    credentials.revoke('school/room-1', clock.now());
    credentials.erase('school/room-1');
    expect(issuedCertificates.revoked()).toHaveLength(1);
    expect(db.prepare('SELECT username FROM issued_certificates').all()).toEqual([{ username: '' }]);
  });

  it('is forgotten a month after its end, for until then a list may need it', () => {
    const { registry, clock } = setUp();
    registry.credentials.revoke('school/room-1', clock.now());
    clock.pass(39 * DAY_MS);
    registry.issuedCertificates.prune(clock.now());
    expect(registry.issuedCertificates.revoked()).toHaveLength(1);
    clock.pass(2 * DAY_MS);
    registry.issuedCertificates.prune(clock.now());
    expect(registry.issuedCertificates.revoked()).toEqual([]);
  });
});
