import type { Alert } from '../../../contract/alert.ts';

/** An open alert with this id. */
export function alertOf(id: string, rest: Partial<Alert> = {}): Alert {
  return {
    id,
    site: 'school',
    device: 'room-1',
    rule: 'own',
    subject: '',
    state: 'open',
    class: 'other',
    level: 4,
    summary: { 'zh-CN': '', en: '' },
    evidence: {},
    raised_at: 1,
    updated_at: 1,
    ...rest,
  };
}
