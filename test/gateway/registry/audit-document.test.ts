import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AUDIT_LIFE_MS } from '../../../gateway/registry/audit.ts';
import { GENESIS } from '../../../gateway/registry/audit-chain.ts';
import { AUDIT_HEAD_FILE } from '../../../gateway/registry/audit-head-note.ts';
import { AUDIT_LEAST_MS } from '../../../gateway/registry/audit-schema.ts';
import { SETTLED_MS } from '../../../gateway/syslog/syslog-export.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/audit.md'), 'utf8');
const dayMs = 24 * 3600_000;

test('docs/audit.md gives the figures of the code', () => {
  for (const fact of [
    `kept for ${AUDIT_LIFE_MS / dayMs} days`,
    `younger than ${AUDIT_LEAST_MS / dayMs} days`,
    `the previous hash is ${GENESIS.length} zeros`,
    `\`gateway/${AUDIT_HEAD_FILE}\``,
    `sent within ${SETTLED_MS / 1000} s`,
    '["campus-audit-1",',
  ]) {
    expect(document.replaceAll('\n', ' ')).toContain(fact);
  }
  expect(AUDIT_LEAST_MS).toBeGreaterThanOrEqual(185 * dayMs);
});
