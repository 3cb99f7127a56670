import type { Shape } from '../store/point-codec.ts';
import { ValueReader } from '../store/point-reader.ts';
import type { Point } from '../store/store.ts';

/** Layouts remembered of one series: one that leaves out what it does not know has two or three. */
const SHAPES_MAX = 4;

/** One series of one device: how its points look, and the newest of them. Values are kept as they are encoded, without an object each. */
export class SeriesState {
  readonly site: string;
  readonly device: string;
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The layouts in which points have come, the last one first. */
  readonly shapes: Shape[] = [];
  #shape: Shape | undefined;
  #values = new Uint8Array(0);
  #time = Number.NEGATIVE_INFINITY;
  /** When a point last came, wall clock, ms. */
  seenAt = 0;
  /** True when the index has let go of it, while points of it may still be on their way to the disk. */
  isReleased = false;

  constructor({ site, device, measurement, tags }: Omit<Point, 'fields' | 'time'>) {
    this.site = site;
    this.device = device;
    this.measurement = measurement;
    this.tags = tags;
  }

  /** False while the first point is on its way to the disk. */
  get isStored(): boolean {
    return this.#shape !== undefined;
  }

  /** Remembers a layout whose names and types have been checked, and returns it as it is remembered. */
  learn(shape: Shape): Shape {
    const known = this.shapes.find(({ bytes }) => bytes.equals(shape.bytes));
    if (known !== undefined) return known;
    this.shapes.unshift(shape);
    if (this.shapes.length > SHAPES_MAX) this.shapes.pop();
    return shape;
  }

  /** Bytes of the newest values. */
  get bytes(): number {
    return this.#values.length;
  }

  /** Remembers a point that is on the disk, when it is newer than the one known. */
  update(shape: Shape, { time, values, seenAt }: { time: number; values: Uint8Array; seenAt: number }): void {
    this.seenAt = seenAt;
    if (time < this.#time) return;
    this.#shape = shape;
    this.#time = time;
    // The bytes are copied into the series' own: a window would keep the whole message in memory.
    if (this.#values.length !== values.length) this.#values = new Uint8Array(values.length);
    this.#values.set(values);
  }

  /** The newest point; undefined while none is stored. */
  newest(): Point | undefined {
    if (this.#shape === undefined) return undefined;
    const { site, device, measurement, tags } = this;
    const fields = new ValueReader(this.#values).fields(this.#shape);
    return { site, device, measurement, tags: { ...tags }, fields, time: this.#time };
  }
}
