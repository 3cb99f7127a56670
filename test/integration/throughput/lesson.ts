import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenSsl } from '../../support/openssl.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { root } from '../../tidy/sources.ts';
import { setNameServers, startNameServer } from '../agent/name-servers.ts';
import type { Namespace } from '../agent/namespace.ts';
import type { LinkRates, Room, School } from './school.ts';

const PORTAL = 'portal.school.example';
const program = join(root, 'cli/campus-edge.js');

/** What a command has printed, and its exit code. */
export interface Ended {
  output: string;
  exitCode: number | null;
}

/** A room of a real school with all that a lesson needs beyond its link: a router, name servers, a portal. */
export class Lesson {
  readonly room: Room;
  readonly #authorities: string;

  private constructor(room: Room, authorities: string) {
    this.room = room;
    this.#authorities = authorities;
  }

  /** Prepares the first room of a school. */
  static async prepare(school: School, rates: LinkRates): Promise<Lesson> {
    const room = await school.addRoom('room-1', rates, `agent: { check: { portal: "https://${PORTAL}/" } }`);
    const [ipv4, ipv6] = ['198.51.1.1', '2001:db8:1::1'];
    const { namespace } = room;
    namespace.ip('route', 'add', 'default', 'via', ipv4, 'dev', 'school0');
    namespace.ip('-6', 'route', 'add', 'default', 'via', ipv6, 'dev', 'school0');
    setNameServers(namespace, [ipv4, ipv6]);
    await startNameServer(school.namespace, [`${PORTAL},${ipv4},${ipv6}`]);
    return new Lesson(room, await startPortal(school.namespace));
  }

  /** Runs `campus-edge` in the room. */
  start(...args: string[]): ReturnType<Namespace['start']> {
    const environment = [`SSL_CERT_FILE=${this.#authorities}`, 'LANG=C', process.execPath];
    return this.room.namespace.start('env', ...environment, program, ...args, '--home', this.room.home);
  }

  /** The same, to its end. */
  async run(...args: string[]): Promise<Ended> {
    const child = this.start(...args);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    const [exitCode] = await once(child, 'close');
    return { output, exitCode };
  }

  /** The report of a check. */
  async check() {
    const { output, exitCode } = await this.run('check', '--json');
    return { report: JSON.parse(output), exitCode };
  }
}

/** @returns the file of the certificate, under which the portal is trusted */
async function startPortal(school: Namespace): Promise<string> {
  const dir = temporaryDirectory();
  const { certificate, key } = new OpenSsl().server(PORTAL, 0);
  const files = { certificate: join(dir, 'certificate'), key: join(dir, 'key') };
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key);
  const script = join(root, 'test/integration/product/run-portal.ts');
  const portal = school.start(process.execPath, script, files.certificate, files.key);
  await once(portal.stdout ?? portal, 'data');
  return files.certificate;
}
