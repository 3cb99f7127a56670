import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OpenSsl } from '../../support/openssl.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { setNameServers, startNameServer } from '../agent/name-servers.ts';
import type { Namespace } from '../agent/namespace.ts';
import type { Shapes } from '../agent/run-relay.ts';
import { linkEnds, makeShapedLink } from '../agent/shaped-link.ts';

const PORTAL = 'portal.school.example';
const GATEWAY = 'gateway.school.example';
const STAMP_PORT = 8862;

const smooth: Shapes = { ipv4: { delayMs: 5, lossPercent: 0 }, ipv6: { delayMs: 5, lossPercent: 0 } };

/** What tests look at of a step in the report. */
export interface Step {
  step: string;
  family?: string;
  state: string;
  found: { en: string };
  figures: { name: string; value: number }[];
}

/** The states of a report's steps by step and family. */
export function statesOf(report: { steps: Step[] }): Record<string, string> {
  return Object.fromEntries(
    report.steps.map(({ step, family, state }) => [[step, family].filter(Boolean).join(' '), state]),
  );
}

interface RoomOptions {
  shapes?: Shapes;
  /** When the portal's certificate begins to hold; it ends a day later. */
  certificateStartsInDays?: number;
  nameServers?: readonly string[];
  /** More of campus-edge.yaml, below `agent`. */
  settings?: string;
}

/** A classroom with what a lesson needs at the other end of its link: a name server, a portal, the gateway's reflector. */
export class LessonRoom {
  readonly #home: string;
  readonly #authorities: string;
  readonly room: Namespace;
  readonly school: Namespace;

  private constructor(room: Namespace, school: Namespace, files: { home: string; authorities: string }) {
    this.room = room;
    this.school = school;
    this.#home = files.home;
    this.#authorities = files.authorities;
  }

  static async open({
    shapes = smooth,
    certificateStartsInDays = 0,
    nameServers = [linkEnds.school.ipv4, linkEnds.school.ipv6],
    settings = '',
  }: RoomOptions = {}): Promise<LessonRoom> {
    const { room, school } = await makeShapedLink(shapes);
    const dir = temporaryDirectory();
    const { certificate, key } = new OpenSsl().server(PORTAL, certificateStartsInDays);
    writeFileSync(join(dir, 'certificate'), certificate);
    writeFileSync(join(dir, 'key'), key);
    const yaml = `agent:\n  gateway: mqtts://${GATEWAY}:8883\n  check:\n    portal: https://${PORTAL}/\n${settings}`;
    writeFileSync(join(dir, 'campus-edge.yaml'), yaml);
    setNameServers(room, nameServers);
    await startSchool(school, dir);
    return new LessonRoom(room, school, { home: dir, authorities: join(dir, 'certificate') });
  }

  /** `campus-edge check` in the room, as a process. */
  start(...args: string[]): ReturnType<Namespace['start']> {
    const program = fileURLToPath(new URL('../../../cli/campus-edge.js', import.meta.url));
    const environment = ['env', `SSL_CERT_FILE=${this.#authorities}`, 'LANG=C', process.execPath];
    return this.room.start(...(environment as [string, ...string[]]), program, 'check', '--home', this.#home, ...args);
  }

  /** The report of a check, as `--json` prints it. */
  async report() {
    const { output, exitCode } = await this.check('--json');
    return { report: JSON.parse(output), exitCode };
  }

  /** The check to its end. */
  async check(...args: string[]): Promise<{ output: string; exitCode: number | null }> {
    const child = this.start(...args);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    const [exitCode] = await once(child, 'close');
    return { output, exitCode };
  }
}

async function startSchool(school: Namespace, dir: string): Promise<void> {
  const { ipv4, ipv6 } = linkEnds.school;
  const records = [PORTAL, GATEWAY].map((name) => `${name},${ipv4},${ipv6}`);
  await startNameServer(school, records);
  const portal = school.start(process.execPath, script('./run-portal.ts'), join(dir, 'certificate'), join(dir, 'key'));
  const networks = ['198.51.100.0/24', '2001:db8:5::/64'];
  const reflector = school.start(process.execPath, script('../stamp/run-reflector.ts'), `${STAMP_PORT}`, ...networks);
  await Promise.all([portal, reflector].map((child) => once(child.stdout ?? child, 'data')));
}

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
