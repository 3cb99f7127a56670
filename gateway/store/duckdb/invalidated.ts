/**
 * True when DuckDB has given a database up: after a checkpoint that failed half-way, as on a full disk, every statement on it fails until it
 * has been opened anew. Its errors have no codes, only texts, e.g. `FATAL Error: Failed: database has been invalidated because of a previous
 * fatal error. The database must be restarted prior to being used again. Original error: "Failed to create checkpoint because of error: …"`.
 */
export function isInvalidated(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^FATAL Error|database has been invalidated/m.test(error.message) || isInvalidated(error.cause);
}
