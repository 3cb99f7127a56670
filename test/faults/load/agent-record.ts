import { Check } from '#typebox/value';
import { Telemetry } from '../../../contract/telemetry.ts';

interface StoredPoints {
  series: { tags: Record<string, string>; points: [number, number][] }[];
  truncated: boolean;
}

/** One point that the agent sent: what names it in the store. */
interface Sent {
  measurement: string;
  field: string;
  tags: Record<string, string>;
  time: number;
}

/** What a real agent has sent and the gateway has acknowledged: read off the line, for the agent keeps no such record itself. */
export class AgentRecord {
  readonly #points = new Map<string, Sent>();
  readonly #sequences = new Map<string, Set<number>>();
  /** Messages acknowledged, those that came again included. */
  acknowledged = 0;

  /** To be told of every message that was acknowledged. */
  add(topic: string, payload: Buffer): void {
    if (!topic.endsWith('/telemetry')) return;
    const telemetry: unknown = JSON.parse(payload.toString());
    if (!Check(Telemetry, telemetry)) throw new Error('the agent has sent what is no telemetry');
    const { boot = '', seq = 0, metrics } = telemetry;
    const sequences = this.#sequences.get(boot) ?? new Set();
    this.#sequences.set(boot, sequences.add(seq));
    this.acknowledged += 1;
    for (const { name, tags, fields, timestamp } of metrics) {
      const numeric = Object.entries(fields).find(([, value]) => typeof value === 'number');
      if (numeric === undefined) continue;
      const sent: Sent = { measurement: name, field: numeric[0], tags, time: timestamp };
      this.#points.set(keyOf(sent), sent);
    }
  }

  /** Runs of the agent that have sent anything. */
  get boots(): number {
    return this.#sequences.size;
  }

  /** Numbers missing below the highest one of each run: they were kept by nobody. */
  holes(): string[] {
    return [...this.#sequences].flatMap(([boot, sequences]) => {
      const highest = Math.max(...sequences);
      return Array.from({ length: highest }, (_, index) => index + 1)
        .filter((sequence) => !sequences.has(sequence))
        .map((sequence) => `${boot}/${sequence}`);
    });
  }

  /** The points that were acknowledged and are not in the store, and those that are there more than once. */
  async compare(device: string, get: <T>(path: string) => Promise<T>): Promise<{ lost: string[]; doubled: string[] }> {
    const counts = new Map<string, number>();
    for (const question of this.#questions()) {
      const answer = await get<StoredPoints>(`${question}&device=${device}`);
      if (answer.truncated) throw new Error(`more points than one answer holds: ${question}`);
      const { measurement = '', field = '' } = Object.fromEntries(new URLSearchParams(question.split('?')[1]));
      for (const { tags, points } of answer.series) {
        for (const [time] of points) {
          const key = keyOf({ measurement, field, tags, time });
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
    }
    return {
      lost: [...this.#points.keys()].filter((key) => !counts.has(key)),
      doubled: [...counts].filter(([key, count]) => count > 1 && this.#points.has(key)).map(([key]) => key),
    };
  }

  /** One query for each measurement, field and set of tag keys. */
  #questions(): Set<string> {
    const times = [...this.#points.values()].map(({ time }) => time);
    const range = `from=${Math.min(...times)}&to=${Math.max(...times) + 1}`;
    return new Set(
      [...this.#points.values()].map(({ measurement, field, tags }) => {
        const keys = Object.keys(tags).sort();
        const groupBy = keys.length === 0 ? '' : `&group_by=${keys.join(',')}`;
        return `series?measurement=${measurement}&field=${field}&${range}${groupBy}`;
      }),
    );
  }
}

function keyOf({ measurement, field, tags, time }: Sent): string {
  const named = Object.keys(tags)
    .sort()
    .map((key) => `${key}=${tags[key]}`);
  return [measurement, field, ...named, time].join(' ');
}
