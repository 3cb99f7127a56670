import { describe, expect, it } from 'vitest';
import { OpenAlerts } from '../../../flows/link/open-alerts.ts';
import { alertOf } from './alert.ts';

describe("the gateway's open alerts", () => {
  it('are known until they are cleared', () => {
    const alerts = new OpenAlerts();
    expect(alerts.message('a1', alertOf('a1'))).toEqual([{ kind: 'opened', alert: alertOf('a1') }]);
    expect([...alerts.open()]).toHaveLength(1);
    expect(alerts.message('a1', alertOf('a1', { state: 'cleared' }))).toMatchObject([
      { kind: 'gone', alert: { id: 'a1' } },
    ]);
    expect(alerts.message('a1', undefined)).toEqual([]);
    expect([...alerts.open()]).toEqual([]);
  });

  it('are closed when a person has done so', () => {
    const alerts = new OpenAlerts();
    alerts.message('a1', alertOf('a1'));
    expect(alerts.message('a1', alertOf('a1', { state: 'cleared', closed_by: 'bob' }))).toMatchObject([
      { kind: 'closed', alert: { id: 'a1' } },
    ]);
    expect(alerts.message('a1', undefined)).toEqual([]);
  });

  it('are gone when they are removed without a word', () => {
    const alerts = new OpenAlerts();
    alerts.message('a1', alertOf('a1'));
    expect(alerts.message('a1', undefined)).toMatchObject([{ kind: 'gone' }]);
  });

  it('are gone when the gateway does not send them again after an absence', () => {
    const alerts = new OpenAlerts();
    for (const id of ['a1', 'a2']) alerts.message(id, alertOf(id));
    alerts.reconnected();
    alerts.message('a2', alertOf('a2'));
    expect(alerts.settled()).toMatchObject([{ kind: 'gone', alert: { id: 'a1' } }]);
    expect([...alerts.open()].map(({ id }) => id)).toEqual(['a2']);
    expect(alerts.settled()).toEqual([]);
  });

  it('that nobody knew are not gone', () => {
    expect(new OpenAlerts().message('a1', undefined)).toEqual([]);
  });
});
