import type { LocalText } from '../../../contract/alert.ts';
import type { Looks, ReportedErasure } from '../../../contract/privacy-report.ts';
import type { Audit } from '../../registry/audit.ts';
import type { ErasureTable } from '../../registry/erasure-table.ts';
import { maskActor, maskRow } from '../masked-names.ts';

/** Of each kind, the newest: a page that somebody reads through. The audit log has all of them. */
const NEWEST = 100;

/** What counts as having looked at personal data, by the audit log's name for it. */
export const lookActions: Readonly<Record<string, LocalText>> = {
  'identity.reveal': { en: 'Names that were shown', 'zh-CN': '查看姓名' },
  'store.export': { en: 'Exports of measurements', 'zh-CN': '导出测量数据' },
  'audit.export': { en: 'Exports of the audit log', 'zh-CN': '导出审计日志' },
  'backup.create': { en: 'Backups that were made', 'zh-CN': '制作备份' },
  'backup.download': { en: 'Downloads of backups', 'zh-CN': '下载备份' },
  'privacy.report': { en: 'Reports like this one', 'zh-CN': '生成本报告' },
};

/** Who looked, by the audit log; names of people are masked, as everywhere. */
export function looksIn(audit: Audit): Looks[] {
  return Object.entries(lookActions).map(([action, what]) => ({
    ...{ action, what, total: audit.count(action) },
    newest: audit
      .list({ action, outcome: 'ok', limit: NEWEST })
      .map(maskRow)
      .map(({ time, actor, target, detail }) => ({ time, actor, target, detail })),
  }));
}

/** What was erased, without whom it was about. */
export function erasuresIn(erasures: ErasureTable): { total: number; newest: ReportedErasure[] } {
  const newest = erasures.list(NEWEST).map(({ kind, actor, requestedAt, doneAt, notes }) => ({
    ...{ kind, actor: maskActor(actor), asked_at: requestedAt, left_to_do: notes },
    ...(doneAt === undefined ? {} : { done_at: doneAt }),
  }));
  return { total: erasures.count(), newest };
}
