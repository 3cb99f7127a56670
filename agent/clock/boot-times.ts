import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { writePrivateFile } from '../../runtime/home.ts';
import type { Host } from '../host/host.ts';

/** random(4): new at each start of the machine. */
const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';
/** Starts of the machine remembered: samples of older ones have long been sent, or dropped for want of room. */
const REMEMBERED = 32;

const BootTime = Type.Object({
  /** The kernel's boot id. */
  machine_boot: Type.String({ minLength: 1, maxLength: 64 }),
  /** What to add to a monotonic time of that start, ms. */
  offset: Type.Number(),
});
type BootTime = Static<typeof BootTime>;
const validator = Compile(Type.Object({ boots: Type.Array(BootTime, { maxItems: REMEMBERED }) }));

/**
 * When each start of this machine was, as far as it became known: what dates the samples of an earlier run of the agent, or of an earlier
 * start of the machine, that were stored before they could be dated. A small file, written when the clock becomes known or was wrong.
 */
export class BootTimes {
  /** Names this start of the machine. */
  readonly machineBoot: string;
  readonly #path: string;
  #known: BootTime[];

  private constructor(path: string, machineBoot: string, known: BootTime[]) {
    this.#path = path;
    this.machineBoot = machineBoot;
    this.#known = known;
  }

  /**
   * Reads the file at `path`. One that is missing or damaged is an empty one: at worst, some samples cannot be dated.
   * @param random names the start where the kernel does not
   */
  static async read(path: string, host: Host, random: () => string): Promise<BootTimes> {
    const machineBoot = (await host.readFile(BOOT_ID_FILE))?.trim() || random();
    return new BootTimes(path, machineBoot, parseBootTimes(await host.readFile(path)));
  }

  /** What to add to a monotonic time of a start of the machine, ms; undefined when that never became known. */
  offsetOf(machineBoot: string): number | undefined {
    return this.#known.find((known) => known.machine_boot === machineBoot)?.offset;
  }

  /**
   * Remembers when this start was.
   * @throws the system's error when the disk does not take it
   */
  save(offset: number): void {
    const others = this.#known.filter(({ machine_boot }) => machine_boot !== this.machineBoot);
    this.#known = [...others, { machine_boot: this.machineBoot, offset }].slice(-REMEMBERED);
    writePrivateFile(this.#path, `${JSON.stringify({ boots: this.#known })}\n`);
  }
}

function parseBootTimes(text: string | undefined): BootTime[] {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return validator.Check(value) ? value.boots : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
