/** What RFC 5424 §6 asks for in one message. */
export interface SyslogMessage {
  /** ms since 1970 */
  time: number;
  severity: 'warning' | 'informational';
  /** Letters, digits and marks without spaces. */
  hostname: string;
  /** The kind of message. */
  messageId: string;
  message: string;
}

/** Log audit (RFC 5424 §6.2.1, table 1). */
const FACILITY = 13;
/** RFC 5424 §6.2.1, table 2. */
const severities = { warning: 4, informational: 6 } as const;
const APP_NAME = 'campus-edge';
const NIL = '-';

/**
 *   <110>1 2026-03-01T08:00:00.000Z gateway.school campus-edge - user.add - CEF:0|…
 *
 * The text is UTF-8 without a byte order mark, as most senders and receivers have it (§6.4 lets it be of any kind).
 */
export function encodeSyslog({ time, severity, hostname, messageId, message }: SyslogMessage): string {
  const priority = FACILITY * 8 + severities[severity];
  const header = [new Date(time).toISOString(), word(hostname, 255), APP_NAME, NIL, word(messageId, 32), NIL];
  return `<${priority}>1 ${header.join(' ')} ${message}`;
}

/** A field of the header: printable ASCII without spaces (§6, PRINTUSASCII). */
function word(text: string, max: number): string {
  return text.replaceAll(/[^!-~]/g, '').slice(0, max) || NIL;
}
