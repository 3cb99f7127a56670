import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../contract/errors.ts';
import { Id } from '../contract/ids.ts';
import { type Home, writePrivateFile } from './home.ts';

/** What `campus-edge enroll` leaves in a home: who its agent is, and how it finds and recognises the gateway. */
const EnrolmentShape = Type.Object({
  site: Id,
  device: Id,
  /** Where the agent reports to, mqtts://host:port. */
  gateway: Type.String({ pattern: '^mqtts://' }),
  /** Where it asks for its next certificate, https://host:port. */
  https: Type.String({ pattern: '^https://' }),
  /** The site's certificate authority, PEM. */
  authority: Type.String(),
  /** The device's certificate and its key, PEM. */
  certificate: Type.String(),
  key: Type.String(),
});
export type Enrolment = Static<typeof EnrolmentShape>;
const validator = Compile(EnrolmentShape);

/** One file, so that certificate and key are of one making whatever happens meanwhile. */
export function enrolmentFile(home: Home): string {
  return join(home.agentDir, 'enrolment.json');
}

/**
 * The enrolment of a home; undefined where its agent has a password, or nothing yet.
 * @throws CampusError `credentials_wrong` for a file that is there and says something else
 */
export function readEnrolment(home: Home): Enrolment | undefined {
  const path = enrolmentFile(home);
  if (!existsSync(path)) return undefined;
  const value = parse(readFileSync(path, 'utf8'));
  if (validator.Check(value)) return value;
  throw new CampusError(
    'credentials_wrong',
    `${path}: expected what campus-edge enroll writes, got another text: delete it and enroll again`,
  );
}

/** Writes a home's enrolment, mode 0600, whole or not at all. */
export function writeEnrolment(home: Home, enrolment: Enrolment): void {
  writePrivateFile(enrolmentFile(home), `${JSON.stringify(enrolment, null, 2)}\n`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
