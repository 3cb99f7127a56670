import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writePrivateFile } from '../../runtime/home.ts';
import { type ChainPlace, parsePlace, placeText } from './audit-chain.ts';
import { integer, type Row, text } from './row.ts';

/**
 * Beside the registry: the newest row of the audit log that is safely on the disk. A registry that was put back to an older state, or lost
 * its last rows, does not fit it. It hinders nobody who may write to the home and knows of it: for those there are witnesses elsewhere.
 */
export const AUDIT_HEAD_FILE = 'audit-head';

/** Notes the newest row. @param registry the registry's file @param head a row of `audit_head` */
export function noteHead(registry: string, head: Row | undefined): void {
  const path = join(dirname(registry), AUDIT_HEAD_FILE);
  const noted = placeText({ id: integer(head ?? {}, 'id'), hash: text(head ?? {}, 'hash') });
  if (readIfThere(path)?.trim() !== noted) writePrivateFile(path, `${noted}\n`);
}

/** What was noted last; undefined in a home where nothing was, or where the note cannot be read as one. */
export function notedHead(registry: string): ChainPlace | undefined {
  return parsePlace(readIfThere(join(dirname(registry), AUDIT_HEAD_FILE)) ?? '');
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
