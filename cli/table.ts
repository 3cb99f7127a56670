/** What a cell shows for something unknown. */
const UNKNOWN = '-';

/**
 * Lays rows out in columns, for people.
 * @param heading one name per column
 * @param rows as many cells each; undefined for what is unknown
 */
export function table(heading: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const cells = [heading, ...rows].map((row) => row.map((cell) => cell ?? UNKNOWN));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** A moment as an RFC 3339 text without fractions, in UTC as the API gives it. */
export function moment(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Columns that a text takes on a terminal: characters of Chinese, Japanese and Korean take two (Unicode TR11). */
export function displayWidth(text: string): number {
  return [...text].reduce(
    (width, character) =>
      width +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character)
        ? 2
        : 1),
    0,
  );
}
