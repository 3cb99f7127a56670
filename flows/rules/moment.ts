/** One reading of both clocks. Rules never read a clock: whoever calls them passes this in. */
export interface Moment {
  /** Wall clock, ms since 1970: for what is written down and for comparing with a sample's timestamp. */
  wall: number;
  /** Monotonic clock, ms: for durations, because a wall clock steps when NTP sets it. */
  steady: number;
}
