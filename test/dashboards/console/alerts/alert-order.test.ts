import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../contract/alert.ts';
import { isWanted, openFirst, withCleared } from '../../../../dashboards/console/src/alerts/alert-order.ts';

function alert(id: string, level: Alert['level'], raisedAt: number, more: Partial<Alert> = {}): Alert {
  return {
    ...{
      id,
      site: 'school',
      device: 'room-101',
      rule: 'r',
      subject: '',
      state: 'open',
      class: 'facility-fault',
      level,
    },
    ...{ summary: { 'zh-CN': '一', en: 'one' }, evidence: {}, raised_at: raisedAt, updated_at: raisedAt },
    ...more,
  };
}

describe('openFirst', () => {
  it('orders by who takes care, then level, then age', () => {
    const alerts = [
      alert('taken', 1, 9, { acknowledged_at: 10 }),
      alert('old', 4, 1),
      alert('new', 4, 5),
      alert('bad', 2, 0),
    ];
    expect(openFirst(alerts).map(({ id }) => id)).toEqual(['bad', 'new', 'old', 'taken']);
  });
});

describe('withCleared', () => {
  it('puts a new one on top and replaces a known one in place', () => {
    const [first, second] = [alert('a', 4, 1), alert('b', 4, 0)];
    const changed = alert('b', 4, 0, { cleared_at: 9 });
    expect(withCleared([first, second], changed)).toEqual([first, changed]);
    expect(withCleared([first], second)).toEqual([second, first]);
  });
});

describe('isWanted', () => {
  it('narrows by site and device', () => {
    const one = alert('a', 4, 1);
    expect(isWanted(one, { site: undefined, device: undefined })).toBe(true);
    expect(isWanted(one, { site: 'school', device: 'room-101' })).toBe(true);
    expect(isWanted(one, { site: 'other', device: undefined })).toBe(false);
    expect(isWanted(one, { site: undefined, device: 'room-102' })).toBe(false);
  });
});
