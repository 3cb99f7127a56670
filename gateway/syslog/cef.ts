import { isIP } from 'node:net';
import type { HashedRow } from '../registry/audit.ts';

/** A row of the audit log and, where they may leave the machine, who its pseudonyms stand for. */
export type CefRow = HashedRow & { actorName?: string | undefined; targetName?: string | undefined };

/** CEF severity, 0 to 10: what was done is low, what was refused is for somebody to look at. */
const severities = { ok: 2, refused: 5 } as const;

/**
 * A row in ArcSight's Common Event Format:
 *
 *   CEF:0|campus-edge|gateway|0.1.0|user.add|user.add|2|rt=1764000000000 externalId=12 suser=cli:~9f86… outcome=ok …
 *
 * `externalId` and `cs1` are the row's number and hash: whoever keeps them can tell later whether the log at its source was changed.
 */
export function encodeCef(row: CefRow, version: string): string {
  const severity = row.outcome === 'ok' ? severities.ok : severities.refused;
  const header = ['CEF:0', 'campus-edge', 'gateway', version, row.action, row.action, String(severity)];
  const extension: [string, string | number | undefined][] = [
    ['rt', row.time],
    ['end', row.lastTime === row.time ? undefined : row.lastTime],
    ['externalId', row.id],
    ['cnt', row.count],
    ['act', row.action],
    ['outcome', row.outcome],
    ['suser', row.actorName ?? row.actor],
    ['src', isIP(row.address) === 4 ? row.address : undefined],
    ['c6a2Label', isIP(row.address) === 6 ? 'Source IPv6 Address' : undefined],
    ['c6a2', isIP(row.address) === 6 ? row.address : undefined],
    ['duser', row.targetName ?? row.target],
    ['msg', row.detail],
    ['cs1Label', 'hash'],
    ['cs1', row.hash],
    ['cn1Label', row.repeats === undefined ? undefined : 'repeats'],
    ['cn1', row.repeats],
  ];
  const pairs = extension.filter(([, value]) => value !== undefined && value !== '');
  return `${header.map(escapeHeader).join('|')}|${pairs.map(([key, value]) => `${key}=${escapeValue(String(value))}`).join(' ')}`;
}

function escapeHeader(text: string): string {
  return text.replaceAll(/[\\|]/g, '\\$&');
}

function escapeValue(text: string): string {
  return text.replaceAll(/[\\=]/g, '\\$&').replaceAll(/\r?\n|\r/g, '\\n');
}
