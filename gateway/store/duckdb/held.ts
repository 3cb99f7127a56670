/** True when DuckDB could not open a file because another process has it open: one writes, or several read. */
export function isHeld(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Could not set lock');
}
