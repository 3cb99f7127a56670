import { type CefRow, encodeCef } from './cef.ts';
import { encodeSyslog } from './rfc5424.ts';

/** Who sends. */
export interface Sender {
  hostname: string;
  /** Of the product. */
  version: string;
}

/** A row of the audit log as one syslog message, without a line end. */
export function auditMessage(row: CefRow, { hostname, version }: Sender): string {
  return encodeSyslog({
    time: row.time,
    severity: row.outcome === 'ok' ? 'informational' : 'warning',
    hostname,
    messageId: row.action,
    message: encodeCef(row, version),
  });
}
