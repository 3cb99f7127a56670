import { expect, test } from 'vitest';
import { certificateRequest } from '../../gateway/join/certificate-requests.ts';
import { problemIn, startHttpGateway } from './http-gateway.ts';

test('a simple device gets an account, a new password and is revoked, all in the audit log', async () => {
  const { request, token, registry } = await startHttpGateway();
  const admin = token('admin');
  const add = (body: object) => request('POST', '/api/v1/device-accounts', { token: admin, body });
  const made = await add({ device: 'sensor-7' });
  expect(made.status).toBe(201);
  const first = (await made.json()) as { password: string };
  expect(first).toEqual({
    site: 'school',
    username: 'school/sensor-7',
    password: expect.stringMatching(/^[\w-]{32}$/),
    topic: 'campus/v1/school/sensor-7/telemetry',
    network: { host: 'gateway.local', port: 8883, ca: 'the authority' },
  });
  expect(await problemIn(await add({ device: 'sensor-7' }))).toMatchObject({ status: 409, code: 'already_exists' });
  const rotated = (await (await add({ device: 'sensor-7', rotate: true })).json()) as { password: string };
  expect(rotated.password).not.toBe(first.password);
  expect(await problemIn(await add({ device: 'alerts' }))).toMatchObject({ code: 'request_invalid' });
  expect((await request('DELETE', '/api/v1/device-accounts/sensor-7', { token: admin })).status).toBe(204);
  const again = await request('DELETE', '/api/v1/device-accounts/sensor-7', { token: admin });
  expect(await problemIn(again)).toMatchObject({ status: 404, code: 'not_found' });
  expect(registry.audit.list({ limit: 9 }).map(({ action, target }) => [action, target])).toEqual([
    ['device.revoke', 'school/sensor-7'],
    ['device.rotate', 'school/sensor-7'],
    ['device.add', 'school/sensor-7'],
  ]);
});

test('join tokens are made within bounds, shown once, listed without their secret, and taken back', async () => {
  const { request, token, get, registry } = await startHttpGateway();
  const admin = token('admin');
  const create = (body: object) => request('POST', '/api/v1/join-tokens', { token: admin, body });
  const made = await create({ device: 'room-101', ttl_seconds: 600 });
  expect(made.status).toBe(201);
  const { id, token: text } = (await made.json()) as { id: string; token: string };
  expect(text).toMatch(/^cej_A{43}[\w-]{22}$/);
  const listed = await get('/api/v1/join-tokens', admin);
  expect(listed).toMatchObject({ join_tokens: [{ id, device: 'room-101' }] });
  expect(JSON.stringify(listed)).not.toContain(text.slice(-22));
  for (const wrong of [
    { ttl_seconds: 1 },
    { ttl_seconds: 8 * 24 * 3600 },
    { device: 'A' },
    { device: 'flows' },
    { colour: 1 },
  ]) {
    expect(await problemIn(await create(wrong))).toMatchObject({ status: 400, code: 'request_invalid' });
  }
  expect((await request('DELETE', `/api/v1/join-tokens/${id}`, { token: admin })).status).toBe(204);
  expect(registry.joinTokens.list()).toEqual([]);
  expect(registry.audit.list({ limit: 9 }).map(({ action }) => action)).toEqual([
    'join-token.revoke',
    'join-token.create',
  ]);
});

test('who keeps guessing join tokens has to wait', async () => {
  const { request, registry } = await startHttpGateway();
  const guess = () =>
    request('POST', '/api/v1/join', { body: { secret: 'x'.repeat(22), host_name: 'room-1', request: 'none' } });
  const codes: string[] = [];
  for (let attempt = 0; attempt < 7; attempt++) codes.push((await problemIn(await guess())).code);
  expect(codes.slice(0, 5)).toEqual(Array(5).fill('join_token_unknown'));
  expect(codes.at(-1)).toBe('rate_limited');
  registry.audit.flush();
  expect(registry.audit.list({ limit: 9 })).toMatchObject([{ action: 'device.join', outcome: 'refused', count: 5 }]);
});

test('devices that ask to join are for administrators to see, and whoever watches is told that there is something new', async () => {
  const { request, token, get, live } = await startHttpGateway();
  const events: unknown[] = [];
  live.subscribe((event) => events.push(event));
  const asked = { secret: 'x'.repeat(43), device: 'room-101', request: certificateRequest };
  const announce = (body: object) => request('POST', '/api/v1/join/requests', { body });
  const answer = await announce(asked);
  expect(answer.status).toBe(202);
  const { id } = (await answer.json()) as { id: string };
  expect(events).toEqual([{ type: 'join-requests' }]);
  for (const wrong of [{ ...asked, secret: 'x' }, { ...asked, device: 'A' }, { ...asked, colour: 1 }, {}]) {
    expect(await problemIn(await announce(wrong))).toMatchObject({ status: 400, code: 'request_invalid' });
  }
  const listing = await request('GET', '/api/v1/join-requests', { token: token('operator') });
  expect(await problemIn(listing)).toMatchObject({ status: 403, code: 'forbidden' });
  const admin = token('admin');
  expect(await get('/api/v1/join-requests', admin)).toMatchObject({
    ...{ enabled: true, ca_fingerprint: `sha256:${'0'.repeat(64)}`, gateway: 'https://gateway.local:8443' },
    join_requests: [{ id, device: 'room-101', name_taken: false, address: '127.0.0.1' }],
  });
  expect((await request('POST', `/api/v1/join-requests/${id}/reject`, { token: admin })).status).toBe(204);
  const again = await request('POST', `/api/v1/join-requests/${id}/approve`, { token: admin, body: {} });
  expect(await problemIn(again)).toMatchObject({ status: 404, code: 'not_found' });
  const inquiry = await request('POST', '/api/v1/join/requests/state', { body: { secret: asked.secret } });
  expect(await problemIn(inquiry)).toMatchObject({ status: 403, code: 'join_request_rejected' });
});
