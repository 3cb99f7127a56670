import { expect, test } from 'vitest';
import type { Alert } from '../../../contract/alert.ts';
import { maskActor, maskAlert, maskName, maskRow } from '../../../gateway/privacy/masked-names.ts';

test.each([
  ['张三', '张*'],
  ['欧阳娜娜', '欧*'],
  ['wang', 'w*'],
  ['w', 'w*'],
  ['👩‍🏫老师', '👩‍🏫*'],
  ['', ''],
  ['~9f86d081884c7d65', '~9f86d081884c7d65'],
])('%s is shown as %s', (name, shown) => expect(maskName(name)).toBe(shown));

test.each([
  ['user:wang', 'user:w*'],
  ['cli:root', 'cli:r*'],
  ['token:grafana', 'token:grafana'],
  ['device:school/room-1', 'device:school/room-1'],
  ['user:~9f86d081884c7d65', 'user:~9f86d081884c7d65'],
  ['anonymous', 'anonymous'],
  ['*', '*'],
])('the actor %s is shown as %s', (actor, shown) => expect(maskActor(actor)).toBe(shown));

test('in a row about an account its name is masked, in others the target stays', () => {
  expect(maskRow({ actor: 'user:wang', action: 'user.add', target: 'lihua' }).target).toBe('l*');
  expect(maskRow({ actor: 'user:wang', action: 'device.add', target: 'school/room-1' }).target).toBe('school/room-1');
  expect(maskRow({ actor: 'user:wang', action: 'ban.lift', target: 'user:lihua' }).target).toBe('user:l*');
  expect(maskRow({ actor: 'user:wang', action: 'ban.lift', target: '192.0.2.7' }).target).toBe('192.0.2.7');
});

test('an alert hides who handled it, and is otherwise the same', () => {
  const alert: Alert = {
    ...{ id: 'a', site: 's', device: 'd', rule: 'r', subject: '', state: 'cleared', class: 'other', level: 4 },
    ...{ summary: { en: 'x', 'zh-CN': 'x' }, evidence: {}, raised_at: 1, updated_at: 2 },
  };
  expect(maskAlert(alert)).toBe(alert);
  expect(maskAlert({ ...alert, acknowledged_by: '王老师', closed_by: 'token:bot' })).toEqual({
    ...alert,
    acknowledged_by: '王*',
    closed_by: 'token:bot',
  });
});
