import { openAdmin } from '../../../gateway/admin.ts';
import { openHome } from '../../../runtime/home.ts';
import type { Random } from '../../support/random.ts';
import { DevicePublisher } from './device-publisher.ts';

/** How often a device reports its disk, ms. */
const REPORT_MS = 250;
/** Of those that change, one does so in this share of its reports. */
const CHANGES = 0.04;

/** Percent, above and below the thresholds of the rule `disk-nearly-full`. */
const FULL = 97;
const FREE = 40;

export interface FullDisk {
  device: string;
  /** As it was last reported. */
  full: boolean;
  /** Times that it has become full. */
  filled: number;
}

export interface FullDisksOptions {
  home: string;
  mqttPort: number;
  /** Devices whose disk is full from the beginning to the end. */
  steady: number;
  /** Devices whose disk fills and empties. */
  changing: number;
  random: Random;
}

/** Devices that report how full their disk is: what alerts there must be is known at every moment. */
export class FullDisks {
  readonly disks: FullDisk[] = [];
  readonly #publishers: DevicePublisher[] = [];
  readonly #steady: number;
  readonly #random: Random;
  #timer: NodeJS.Timeout | undefined;

  private constructor({ steady, random }: FullDisksOptions) {
    this.#steady = steady;
    this.#random = random;
  }

  static async start(options: FullDisksOptions): Promise<FullDisks> {
    const { home, mqttPort, steady, changing } = options;
    const fleet = new FullDisks(options);
    const admin = openAdmin(openHome(home), { actor: 'faults', now: Date.now });
    for (let index = 0; index < steady + changing; index++) {
      const disk: FullDisk = { device: `disk-${index}`, full: true, filled: 1 };
      const { site, username, password } = await admin.addDevice({ site: 'school', device: disk.device });
      fleet.disks.push(disk);
      const publisher = new DevicePublisher({
        ...{ port: mqttPort, site, device: disk.device, account: { username, password }, boot: 'full-disks' },
        ...{ window: 4, epoch: 0 },
        metrics: () => [
          {
            name: 'disk',
            tags: { mount: '/' },
            fields: { used_percent: disk.full ? FULL : FREE },
            timestamp: Date.now(),
          },
        ],
      });
      fleet.#publishers.push(publisher);
      publisher.start();
    }
    admin.close();
    fleet.#timer = setInterval(() => fleet.#report(), REPORT_MS);
    return fleet;
  }

  /** From now on every disk stays as it is, and goes on being reported. */
  freeze(): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      for (const publisher of this.#publishers) publisher.publishNext();
    }, REPORT_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#publishers.map((publisher) => publisher.stop()));
  }

  #report(): void {
    for (const [index, disk] of this.disks.entries()) {
      if (index >= this.#steady && this.#random() < CHANGES) {
        disk.full = !disk.full;
        if (disk.full) disk.filled += 1;
      }
      this.#publishers[index]?.publishNext();
    }
  }
}
