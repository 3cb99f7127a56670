import { expect, test } from 'vitest';
import { Check } from '#typebox/value';
import { PrivacyReport } from '../../../contract/privacy-report.ts';
import { type HttpGateway, startHttpGateway } from './http-gateway.ts';

const PATH = '/api/v1/privacy/report';

async function reportOf(gateway: HttpGateway): Promise<PrivacyReport> {
  const report = await gateway.get(PATH, gateway.token('auditor'));
  if (!Check(PrivacyReport, report)) throw new Error(`not a report: ${JSON.stringify(report)}`);
  return report;
}

test('it counts what is kept, and says since when and for how long', async () => {
  const gateway = await startHttpGateway();
  const { registry, clock } = gateway;
  const first = clock.time;
  registry.users.add({ name: 'wang', role: 'viewer', hash: 'x', now: first });
  clock.pass(5000);
  registry.users.add({ name: 'li', role: 'viewer', hash: 'x', now: clock.time });
  const report = await reportOf(gateway);
  expect(report).toMatchObject({ site: 'school', made_at: clock.time });
  const people = report.kept.find(({ id }) => id === 'people');
  expect(people).toMatchObject({ data_class: 'personal', now: [{ part: 'users', count: 2, oldest: first }] });
  expect(report.kept.find(({ id }) => id === 'audit')?.kept_for.days).toBe(400);
  expect(report.settings['gateway.retention.client_days']).toBe(14);
  expect(JSON.stringify(report)).not.toMatch(/wang|"li"/);
});

test('who looked stands in it with the reason, masked, and so do reports and erasures', async () => {
  const gateway = await startHttpGateway();
  const { registry, clock } = gateway;
  const cookie = await gateway.cookie('auditor');
  const body = { reason: 'asked by the head teacher' };
  const headers = { origin: gateway.url };
  const revealed = await gateway.request('POST', '/api/v1/audit/1/reveal', { cookie, body, headers });
  expect(revealed.status).toBe(200);
  registry.erasures.finish(registry.erasures.add({ kind: 'user', name: 'wang' }, 'cli:zhang', clock.time), clock.time);
  await reportOf(gateway);
  const report = await reportOf(gateway);
  const looks = new Map(report.looks.map(({ action, ...look }) => [action, look]));
  expect(looks.get('identity.reveal')).toMatchObject({
    total: 1,
    newest: [{ actor: 'user:a*', target: 'audit/1', detail: body.reason }],
  });
  expect(looks.get('privacy.report')?.total).toBe(1);
  expect(looks.get('store.export')).toMatchObject({ total: 0, newest: [] });
  expect(report.erasures).toMatchObject({ total: 1, newest: [{ kind: 'user', actor: 'cli:z*' }] });
  expect(JSON.stringify(report)).not.toMatch(/wang|zhang/);
});

test('as a page it is a file to keep, in the language that was asked for', async () => {
  const gateway = await startHttpGateway();
  const answer = await gateway.request('GET', `${PATH}?format=html&lang=en`, { token: gateway.token('admin') });
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="campus-edge-privacy-school-.*\.html"$/,
  );
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).toContain('<html lang="en">');
  const wrong = await gateway.request('GET', `${PATH}?lang=fr`, { token: gateway.token('admin') });
  expect(wrong.status).toBe(400);
});
