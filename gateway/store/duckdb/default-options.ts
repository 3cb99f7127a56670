export interface DuckDbOptions {
  /** What DuckDB may take for its work, MB; what needs more goes to the disk for that time. */
  memory_limit_mb: number;
  threads: number;
}

/** A gateway shares a Pi with its flows: 128 MB and two threads cost little speed and leave it its memory. */
export const defaultOptions: DuckDbOptions = { memory_limit_mb: 128, threads: 2 };
