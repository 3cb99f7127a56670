import { expect, test } from 'vitest';
import type { MeasurementSpec } from '../../../contract/measurement.ts';
import { measurements } from '../../../contract/measurements/index.ts';
import type { PrivacyReport } from '../../../contract/privacy-report.ts';
import { holdings } from '../../../gateway/privacy/report/holdings.ts';
import { notKept } from '../../../gateway/privacy/report/not-kept.ts';
import { privacyPage } from '../../../gateway/privacy/report/page.ts';
import { datedTables } from '../../../gateway/registry/table-extent.ts';
import { temporaryRegistry } from '../registry/temporary-registry.ts';

/** Tables without anything about people or devices: counters, and the ends of the audit log's chain. */
const impersonal = ['audit_anchor', 'audit_head', 'revisions', 'sqlite_sequence'];

test('every table of the registry is accounted for, once', () => {
  const { registry } = temporaryRegistry();
  const tables = registry.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const told = holdings.flatMap((holding) => holding.tables ?? []);
  expect([...told, ...impersonal].toSorted()).toEqual(tables.map(({ name }) => name));
  expect(told.toSorted()).toEqual(Object.keys(datedTables).toSorted());
});

test('every measurement is accounted for, once, and those of other programs', () => {
  const specs: (MeasurementSpec | undefined)[] = [...Object.values(measurements), undefined];
  const told = specs.map((spec) => holdings.filter((holding) => holding.measurements?.(spec) === true).length);
  expect(told).toEqual(specs.map(() => 1));
});

test('every text is there in both languages, short enough for the schema', () => {
  const texts = [
    ...holdings.flatMap(({ what, purpose, place, erasedBy }) => [what, purpose, place, erasedBy]),
    ...notKept.flatMap(({ what, instead }) => [what, instead]),
  ];
  for (const { en, 'zh-CN': zh } of texts) {
    expect(en.length).toBeGreaterThan(3);
    expect(zh.length).toBeLessThan(500);
    if (en !== zh) expect(zh).toMatch(/\p{Script=Han}/u);
  }
  expect(new Set(holdings.map(({ id }) => id)).size).toBe(holdings.length);
});

const text = { en: 'english', 'zh-CN': '中文' };
const report: PrivacyReport = {
  ...{ site: 'school', version: '1.2.3', made_at: 0, settings: { 'gateway.store': 'duckdb' }, not_kept: [] },
  kept: [
    {
      ...{ id: 'x', data_class: 'personal', what: { en: '<b>', 'zh-CN': '<b>' }, purpose: text, place: text },
      ...{ kept_for: { days: 3, text }, erased_by: { en: '`erase`', 'zh-CN': '`erase`' } },
      now: [{ part: 'users', count: 12_345, oldest: 60_000 }],
    },
  ],
  looks: [
    {
      ...{ action: 'identity.reveal', what: text, total: 2 },
      newest: [{ time: 0, actor: 'user:w*', target: 'audit/1', detail: '<script>"x"</script>' }],
    },
  ],
  erasures: { total: 1, newest: [{ kind: 'user', actor: 'cli:r*', asked_at: 0, left_to_do: [] }] },
};

test('the page shows all of it in one language, and nothing that was written into it runs', () => {
  const page = privacyPage(report, 'en');
  expect(page).toContain('<html lang="en">');
  for (const part of ['&lt;b&gt;', '<code>erase</code>', '12,345', '1970-01-01 00:01', 'under way']) {
    expect(page).toContain(part);
  }
  expect(page).toContain('&lt;script&gt;&quot;x&quot;&lt;/script&gt;');
  expect(page).toContain('(2 – the newest are shown)');
  expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|中文/);
  expect(privacyPage(report, 'zh-CN')).toContain('<html lang="zh-CN">');
  expect(privacyPage(report, 'zh-CN')).not.toContain('english');
});
