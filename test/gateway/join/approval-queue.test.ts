import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JoinAnnouncement } from '../../../contract/join-request.ts';
import { limits } from '../../../contract/limits.ts';
import { ApprovalQueue } from '../../../gateway/join/approval-queue.ts';
import { DeviceCertifier } from '../../../gateway/join/device-certifier.ts';
import { requestedKey } from '../../../gateway/pki/certificate-request.ts';
import { joinCode } from '../../../runtime/join-code.ts';
import { temporaryRegistry } from '../registry/temporary-registry.ts';
import { certificateRequest } from './certificate-requests.ts';

const admin = { actor: 'user:wang', address: '192.0.2.1' };

/** A queue whose authority cannot make certificates: approving is tested with a real gateway. */
function open({ enabled = true } = {}) {
  const { registry, clock } = temporaryRegistry();
  const refused: string[] = [];
  const authority = { certificate: '', key: '', fingerprint: 'A'.repeat(43) };
  const queue = new ApprovalQueue({
    ...{ enabled, registry, site: 'school', mqttsPort: 8883, now: clock.now },
    certifier: new DeviceCertifier({ authority, site: 'school', issued: registry.issuedCertificates, now: clock.now }),
    refused: (code) => refused.push(code),
  });
  const rows = () => registry.audit.list({ limit: 50 }).toReversed();
  return { queue, registry, clock, refused, rows };
}

function announcement(device = 'room-101'): JoinAnnouncement {
  return { secret: randomBytes(32).toString('base64url'), device, request: certificateRequest };
}

function failing(code: string): object {
  return expect.objectContaining({ code });
}

describe('a device that asks to join', () => {
  it('waits, is shown to the administrator with its code, and is the same when it asks again', () => {
    const { queue, clock, rows } = open();
    const asked = announcement();
    const state = queue.announce(asked, '192.0.2.7');
    expect(state).toEqual({ id: expect.any(String), expires_at: clock.now() + limits.joinRequestMs });
    clock.pass(60_000);
    expect(queue.announce(asked, '192.0.2.8')).toEqual(state);
    expect(queue.inquire(asked, '192.0.2.8')).toEqual(state);
    const code = joinCode(requestedKey(certificateRequest), state.id);
    expect(queue.waiting()).toEqual([
      {
        ...{ id: state.id, device: 'room-101', code, address: '192.0.2.7', nameTaken: false },
        ...{ createdAt: clock.now() - 60_000, expiresAt: state.expires_at },
      },
    ]);
    expect(rows()).toMatchObject([{ action: 'device.announce', target: 'school/room-101', outcome: 'ok', count: 1 }]);
  });

  it('leaves neither its secret nor its name in clear in what is kept', () => {
    const { queue, registry } = open();
    const asked = announcement('room-of-somebody');
    queue.announce(asked, '192.0.2.7');
    expect(JSON.stringify(registry.db.prepare('SELECT * FROM join_requests').all())).not.toContain(asked.secret);
    expect(JSON.stringify(registry.db.prepare('SELECT * FROM audit').all())).not.toContain('room-of-somebody');
  });

  it('is told nothing about a request of another', () => {
    const { queue, refused, rows } = open();
    queue.announce(announcement(), '192.0.2.7');
    expect(() => queue.inquire({ secret: 'x'.repeat(43) }, '192.0.2.8')).toThrow(failing('join_request_unknown'));
    expect(refused).toEqual(['join_request_unknown']);
    expect(rows().at(-1)).toMatchObject({ outcome: 'refused', address: '192.0.2.8', target: '' });
  });

  it('is turned away for good, once', () => {
    const { queue, refused } = open();
    const asked = announcement();
    const { id } = queue.announce(asked, '192.0.2.7');
    queue.reject(id, admin);
    expect(queue.waiting()).toEqual([]);
    expect(() => queue.inquire(asked, '192.0.2.7')).toThrow(failing('join_request_rejected'));
    expect(() => queue.announce(asked, '192.0.2.7')).toThrow(failing('join_request_rejected'));
    expect(() => queue.reject(id, admin)).toThrow(failing('not_found'));
    expect(refused).toEqual(['join_request_rejected', 'join_request_rejected']);
  });

  it('must show that it holds the key, and may not take a reserved name', () => {
    const { queue } = open();
    expect(() => queue.announce({ ...announcement(), request: 'none' }, '192.0.2.7')).toThrow(
      failing('request_invalid'),
    );
    expect(() => queue.announce(announcement('flows'), '192.0.2.7')).toThrow(failing('request_invalid'));
    expect(queue.waiting()).toEqual([]);
  });
});

describe('the queue', () => {
  it('is off unless it is switched on', async () => {
    const { queue, refused, rows } = open({ enabled: false });
    expect(() => queue.announce(announcement(), '192.0.2.7')).toThrow(failing('join_requests_off'));
    expect(() => queue.inquire(announcement(), '192.0.2.7')).toThrow(failing('join_requests_off'));
    expect(() => queue.reject('r-1', admin)).toThrow(failing('join_requests_off'));
    await expect(queue.approve('r-1', undefined, admin)).rejects.toMatchObject({ code: 'join_requests_off' });
    expect(refused).toEqual(['join_requests_off', 'join_requests_off']);
    expect(rows()).toMatchObject([{ target: 'school/room-101' }, { target: '' }]);
  });

  it('forgets a request after a day, and whoever asked is told so for a week', () => {
    const { queue, registry, clock, refused } = open();
    const asked = announcement();
    const { id } = queue.announce(asked, '192.0.2.7');
    clock.pass(limits.joinRequestMs - 1);
    expect(queue.waiting()).toHaveLength(1);
    clock.pass(1);
    expect(queue.waiting()).toEqual([]);
    expect(() => queue.inquire(asked, '192.0.2.7')).toThrow(failing('join_request_expired'));
    expect(() => queue.reject(id, admin)).toThrow(failing('not_found'));
    clock.pass(7 * 24 * 3600 * 1000 - 1);
    registry.prune();
    expect(() => queue.inquire(asked, '192.0.2.7')).toThrow(failing('join_request_expired'));
    clock.pass(1);
    registry.prune();
    expect(() => queue.inquire(asked, '192.0.2.7')).toThrow(failing('join_request_unknown'));
    expect(refused).toEqual(['join_request_expired', 'join_request_expired', 'join_request_unknown']);
  });

  it('holds so many of one address, an IPv6 network counting as one', () => {
    const { queue, clock, refused, rows } = open();
    const addresses = Array.from({ length: limits.joinRequestsPerAddress }, (_, host) => `2001:db8::${host + 1}`);
    for (const address of addresses) queue.announce(announcement(), address);
    expect(() => queue.announce(announcement(), '2001:db8::ffff')).toThrow(failing('join_requests_full'));
    expect(refused).toEqual(['join_requests_full']);
    expect(rows().at(-1)).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('at one address') });
    queue.announce(announcement(), '2001:db8:0:1::1');
    clock.pass(limits.joinRequestMs);
    queue.announce(announcement(), '2001:db8::ffff');
    expect(queue.waiting()).toHaveLength(1);
  });

  it('lets a flood from a few addresses, or from many of one network, displace itself and nobody else', () => {
    const { queue, clock, rows } = open();
    const { id: box } = queue.announce(announcement('room-101'), '198.51.100.7');
    const flood = announcement('flood');
    for (let index = 0; index < limits.joinRequests - 1; index++) {
      clock.pass(1000);
      queue.announce(index === 0 ? flood : announcement('flood'), `203.0.113.${index % 10}`);
    }
    const { id: other } = queue.announce(announcement('room-102'), '192.0.2.7');
    expect(queue.waiting()).toHaveLength(limits.joinRequests);
    expect(queue.waiting().map(({ id }) => id)).toEqual(expect.arrayContaining([box, other]));
    expect(() => queue.inquire(flood, '203.0.113.0')).toThrow(failing('join_request_expired'));
    expect(rows()).toContainEqual(
      expect.objectContaining({ target: 'school/flood', detail: expect.stringContaining('made room') }),
    );
    expect(() => queue.announce(announcement(), '203.0.113.99')).not.toThrow();
    expect(() => queue.announce(announcement(), '203.0.113.1')).toThrow(failing('join_requests_full'));
    expect(queue.waiting().map(({ id }) => id)).toEqual(expect.arrayContaining([box, other]));
  });

  it('holds so many in all, of which each frees its place when it is decided', () => {
    const { queue, registry, refused, rows } = open();
    for (let index = 0; index < limits.joinRequests; index++) queue.announce(announcement(), `10.0.${index}.1`);
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(() => queue.announce(announcement(), '192.0.2.7')).toThrow(failing('join_requests_full'));
    }
    expect(refused).toHaveLength(5);
    registry.audit.flush(true);
    expect(rows().filter(({ outcome }) => outcome === 'refused')).toMatchObject([{ address: '192.0.2.7', count: 5 }]);
    queue.reject(queue.waiting()[0]?.id ?? '', admin);
    queue.announce(announcement(), '192.0.2.7');
    expect(queue.waiting()).toHaveLength(limits.joinRequests);
  });

  it('says which names are taken, and lets nobody have one', async () => {
    const { queue, registry, clock } = open();
    const owner = { kind: 'device', site: 'school', device: 'room-101' } as const;
    registry.credentials.put(owner, { hash: 'x', replace: false, now: clock.now() });
    const { id } = queue.announce(announcement(), '192.0.2.7');
    expect(queue.waiting()).toMatchObject([{ device: 'room-101', nameTaken: true }]);
    await expect(queue.approve(id, undefined, admin)).rejects.toMatchObject({ code: 'already_exists' });
    await expect(queue.approve(id, 'alerts', admin)).rejects.toMatchObject({ code: 'request_invalid' });
    expect(queue.waiting()).toHaveLength(1);
    registry.credentials.revoke('school/room-101', clock.now());
    expect(queue.waiting()).toMatchObject([{ nameTaken: false }]);
  });

  it('tells those who watch when it changes', () => {
    const { queue } = open();
    let changes = 0;
    const stop = queue.onChange(() => {
      changes += 1;
    });
    const asked = announcement();
    const { id } = queue.announce(asked, '192.0.2.7');
    queue.announce(asked, '192.0.2.7');
    expect(changes).toBe(1);
    queue.reject(id, admin);
    expect(changes).toBe(2);
    stop();
    queue.announce(announcement(), '192.0.2.7');
    expect(changes).toBe(2);
  });
});
