import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integer, optionalText, type Row, text } from './row.ts';
import { secretHash } from './secret-text.ts';

/** A request that has expired is told apart from one that never was for this long. */
export const JOIN_REQUEST_REMEMBERED_MS = 7 * 24 * 3600 * 1000;

/** A device that has asked to be let in without a token. */
export interface JoinRequest {
  id: string;
  /** What it wishes to be called; once it is approved, what it is called. */
  device: string;
  /** PKCS #10 as PEM. */
  request: string;
  /** What the administrator compares, as the device shows it. */
  code: string;
  address: string;
  /** ms */
  createdAt: number;
  /** Until when it waits for an approval, and then for its device. */
  expiresAt: number;
  state: 'pending' | 'approved' | 'rejected';
  /** Its certificate, PEM, once it is approved. */
  certificate: string | undefined;
}

/** The table `join_requests`. A request's secret is kept as its SHA-256 only. */
export class JoinRequests {
  readonly #add: StatementSync;
  readonly #byHash: StatementSync;
  readonly #byId: StatementSync;
  readonly #pending: StatementSync;
  readonly #count: StatementSync;
  readonly #approve: StatementSync;
  readonly #reject: StatementSync;
  readonly #collect: StatementSync;
  readonly #expire: StatementSync;
  readonly #erase: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(`
      INSERT INTO join_requests (id, hash, device, request, code, address, address_block, created_at, expires_at, state, collected)
      VALUES ($id, $hash, $device, $request, $code, $address, $addressBlock, $createdAt, $expiresAt, 'pending', 0)`);
    this.#byHash = db.prepare('SELECT * FROM join_requests WHERE hash = ?');
    this.#byId = db.prepare('SELECT * FROM join_requests WHERE id = ?');
    this.#pending = db.prepare(
      "SELECT * FROM join_requests WHERE state = 'pending' AND expires_at > ? ORDER BY created_at, id",
    );
    this.#count = db.prepare(`
      SELECT count(*) AS total, count(*) FILTER (WHERE address_block = $addressBlock) AS ofAddress
      FROM join_requests WHERE state = 'pending' AND expires_at > $now`);
    this.#approve = db.prepare(`
      UPDATE join_requests
      SET state = 'approved', device = $device, certificate = $certificate, expires_at = $expiresAt
      WHERE id = $id AND state = 'pending' AND expires_at > $now`);
    this.#reject = db.prepare(`
      UPDATE join_requests SET state = 'rejected' WHERE id = $id AND state = 'pending' AND expires_at > $now`);
    this.#collect = db.prepare(
      "UPDATE join_requests SET collected = 1 WHERE id = ? AND state = 'approved' AND collected = 0",
    );
    this.#expire = db.prepare("UPDATE join_requests SET expires_at = $now WHERE id = $id AND state = 'pending'");
    this.#erase = db.prepare('DELETE FROM join_requests WHERE device = ?');
    this.#prune = db.prepare('DELETE FROM join_requests WHERE expires_at <= ?');
  }

  /**
   * Keeps a request.
   * @param secret 256 random bits, kept as their hash
   * @param addressBlock what its address is counted by
   */
  add(
    input: Pick<JoinRequest, 'id' | 'device' | 'request' | 'code' | 'address' | 'createdAt' | 'expiresAt'> & {
      secret: string;
      addressBlock: string;
    },
  ): void {
    this.#add.run({
      ...{ $id: input.id, $hash: secretHash(input.secret), $device: input.device, $request: input.request },
      ...{ $code: input.code, $address: input.address, $addressBlock: input.addressBlock },
      ...{ $createdAt: input.createdAt, $expiresAt: input.expiresAt },
    });
  }

  /** The request with this secret, whatever has become of it. */
  find(secret: string): JoinRequest | undefined {
    const row = this.#byHash.get(secretHash(secret));
    return row === undefined ? undefined : fromRow(row);
  }

  get(id: string): JoinRequest | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** Those that wait for an approval, by age. */
  pending(now: number): JoinRequest[] {
    return this.#pending.all(now).map(fromRow);
  }

  /** How many wait for an approval, and how many of them from one address. */
  count(addressBlock: string, now: number): { total: number; ofAddress: number } {
    const row = this.#count.get({ $addressBlock: addressBlock, $now: now }) ?? {};
    return { total: integer(row, 'total'), ofAddress: integer(row, 'ofAddress') };
  }

  /** Approves a request that waits. False when none of this id does any more. */
  approve(id: string, made: { device: string; certificate: string; now: number; expiresAt: number }): boolean {
    const { device, certificate, now, expiresAt } = made;
    const columns = { $id: id, $device: device, $certificate: certificate };
    return Number(this.#approve.run({ ...columns, $now: now, $expiresAt: expiresAt }).changes) > 0;
  }

  /** Rejects a request that waits. False when none of this id does any more. */
  reject(id: string, now: number): boolean {
    return Number(this.#reject.run({ $id: id, $now: now }).changes) > 0;
  }

  /** Ends a request that waits before its time: its device is told that it has expired, and asks anew. */
  expire(id: string, now: number): void {
    this.#expire.run({ $id: id, $now: now });
  }

  /** Notes that a device has fetched its certificate. False when that is noted already. */
  collect(id: string): boolean {
    return Number(this.#collect.run(id).changes) > 0;
  }

  /** Deletes every request for this name. */
  erase(device: string): void {
    this.#erase.run(device);
  }

  /** Deletes requests that expired long ago. */
  prune(now: number): void {
    this.#prune.run(now - JOIN_REQUEST_REMEMBERED_MS);
  }
}

function fromRow(row: Row): JoinRequest {
  return {
    id: text(row, 'id'),
    device: text(row, 'device'),
    request: text(row, 'request'),
    code: text(row, 'code'),
    address: text(row, 'address'),
    createdAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
    // Only this class writes it.
    state: text(row, 'state') as JoinRequest['state'],
    certificate: optionalText(row, 'certificate'),
  };
}
