import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { text } from './row.ts';

/** Actors that may be a person, or be called after one. Programs (`token:`), flows and the gateway itself are not. */
const personalKinds = /^(user|cli|device|mqtt):/s;
/** A pseudonym; nothing else in an account's or device's name begins so. */
const pseudonyms = /~[0-9a-f]{16}/g;
/** A topic below a device, as `contract/topics.ts` builds it. */
const deviceTopics = /(?<=campus\/v1\/)[a-z0-9-]{1,63}\/(?!alerts\/|flows\/)[a-z0-9-]{1,63}(?=\/[a-z]+)/g;

/** The parts of an audit row that can name somebody. */
export interface Naming {
  actor: string;
  action: string;
  target: string;
  detail: string;
}

/**
 * The table `audit_names`: what the rows of the audit log call people and devices, `~` and 64 random bits each, and who that is. The rows are
 * chained and never change; forgetting who a pseudonym stood for is how a person is erased from them, and the chain stays whole.
 */
export class AuditNames {
  readonly #known: StatementSync;
  readonly #add: StatementSync;
  readonly #use: StatementSync;
  readonly #name: StatementSync;
  readonly #forget: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#known = db.prepare('SELECT id FROM audit_names WHERE name = ?');
    this.#add = db.prepare('INSERT INTO audit_names VALUES ($id, $name, $row)');
    this.#use = db.prepare('UPDATE audit_names SET last_row = $row WHERE id = $id');
    this.#name = db.prepare('SELECT name FROM audit_names WHERE id = ?');
    this.#forget = db.prepare('DELETE FROM audit_names WHERE name = ?');
    this.#prune = db.prepare('DELETE FROM audit_names WHERE last_row <= ?');
  }

  /** A row's texts as they are kept. @param row the id that the row will have */
  hide({ actor, action, target, detail }: Naming, row: number): Omit<Naming, 'action'> {
    const hidden = personalKinds.test(actor) ? `${kindIn(actor)}:${this.#pseudonym(actor, row)}` : actor;
    const inText = (given: string): string => this.#hideInText(given, actor, row);
    return { actor: hidden, target: this.#hideTarget(action, target, row) ?? inText(target), detail: inText(detail) };
  }

  /** A kept text with the names that are still known. */
  show(kept: string): string {
    return kept.replaceAll(pseudonyms, (id) => {
      const row = this.#name.get(id);
      return row === undefined ? id : nameIn(text(row, 'name'));
    });
  }

  /** An actor as it is kept, for finding its rows; undefined where none has this name. */
  find(actor: string): string | undefined {
    if (!personalKinds.test(actor)) return actor;
    const id = this.#idOf(actor);
    // Who reads a log whose names are masked narrows it by the pseudonym.
    return id === undefined ? (/:~[0-9a-f]{16}$/.test(actor) ? actor : undefined) : `${kindIn(actor)}:${id}`;
  }

  /** Forgets who a pseudonym stood for. False where the name stands in no row. @param name with its kind: `user:wang` */
  forget(name: string): boolean {
    return Number(this.#forget.run(name).changes) > 0;
  }

  /** Forgets the names that stand in deleted rows only. */
  prune(lastDeleted: number): void {
    this.#prune.run(lastDeleted);
  }

  /** The target of an action on an account, which is its name, or one that is written as an actor is. */
  #hideTarget(action: string, target: string, row: number): string | undefined {
    if (personalKinds.test(target)) return `${kindIn(target)}:${this.#pseudonym(target, row)}`;
    const kind = /^(user|device)\./.exec(action)?.[1];
    return kind === undefined || target === '' ? undefined : this.#pseudonym(`${kind}:${target}`, row);
  }

  /** Topics of devices, and the device that acts, in a text that explains a refusal. */
  #hideInText(given: string, actor: string, row: number): string {
    const hidden = given.replaceAll(deviceTopics, (device) => this.#pseudonym(`device:${device}`, row));
    const own = nameIn(actor);
    return actor.startsWith('device:') ? hidden.replaceAll(own, () => this.#pseudonym(actor, row)) : hidden;
  }

  #pseudonym(name: string, row: number): string {
    const known = this.#idOf(name);
    if (known !== undefined) {
      this.#use.run({ $id: known, $row: row });
      return known;
    }
    const id = `~${randomBytes(8).toString('hex')}`;
    this.#add.run({ $id: id, $name: name, $row: row });
    return id;
  }

  #idOf(name: string): string | undefined {
    const row = this.#known.get(name);
    return row === undefined ? undefined : text(row, 'id');
  }
}

function kindIn(name: string): string {
  return name.slice(0, name.indexOf(':'));
}

function nameIn(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
