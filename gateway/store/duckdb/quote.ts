/** An identifier in double quotes (SQL:2016 §5.2). */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in single quotes (SQL:2016 §5.3). */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
