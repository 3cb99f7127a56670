import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  SELF_REQUEST_LIFE_MS,
  type SelfCommandRequest,
  type SelfInquiry,
  selfCommandText,
  selfInquiryText,
} from '../../../contract/self-command.ts';
import { SelfCommands } from '../../../gateway/commands/self-commands.ts';
import type { KeyPair } from '../../../runtime/x509/jobs.ts';
import { bringOnline, makeCommands } from '../../gateway/commands/make-commands.ts';
import { ADDRESS, setUpJoining } from './joining-set-up.ts';

/** A request that `signer` has signed; what it shows as its own may be another's. */
function signed(shown: KeyPair, time: number, { signer = shown }: { signer?: KeyPair } = {}): SelfCommandRequest {
  const asked: Omit<SelfCommandRequest, 'certificate' | 'signature'> = {
    ...{ time, command: 'throughput', arguments: { families: ['ipv4'] } },
  };
  return { ...asked, ...proof(shown, signer, selfCommandText(asked)) };
}

function inquiry(device: KeyPair, time: number, id: string, action: SelfInquiry['action'] = 'state'): SelfInquiry {
  return { time, action, ...proof(device, device, selfInquiryText({ time, action }, id)) };
}

function proof({ certificate }: KeyPair, { key }: KeyPair, text: string) {
  return { certificate, signature: sign('sha256', Buffer.from(text), createPrivateKey(key)).toString('base64') };
}

/** Two devices that have joined and are online, at a gateway that commands devices. */
async function setUp() {
  const { registry, clock, joining, join } = await setUpJoining();
  const [first, second] = [await join('room-1', 'a'.repeat(22)), await join('room-2', 'b'.repeat(22))];
  const { commands, sent } = makeCommands(registry, clock);
  bringOnline(registry, clock, 'room-1', 'room-2');
  const { now } = clock;
  const selfCommands = new SelfCommands({ joining, commands, audit: registry.audit, now, monotonicMs: now });
  const ask = (request: SelfCommandRequest) => selfCommands.ask(request, ADDRESS);
  const inquire = (asked: SelfInquiry, id: string) => selfCommands.inquire(asked, id, ADDRESS);
  return { registry, clock, commands, sent, first, second, ask, inquire };
}

/** What comes of a call that is refused. */
function refusal(call: () => unknown): unknown {
  try {
    return { answered: call() };
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

test('a device has itself measured, and nobody else; the audit log tells who asked', async () => {
  const { registry, clock, sent, first, second, ask, inquire } = await setUp();
  const status = ask(signed(first, clock.now()));
  expect(status).toMatchObject({ site: 'school', device: 'room-1', command: 'throughput', origin: 'device' });
  await expect.poll(() => sent.map(({ topic }) => topic)).toEqual(['campus/v1/school/room-1/command']);
  expect(registry.audit.list({ limit: 1 })).toMatchObject([
    {
      ...{ actor: 'device:school/room-1', target: 'school/room-1', action: 'device.command.throughput' },
      ...{ outcome: 'ok', detail: status.id, address: ADDRESS },
    },
  ]);
  expect(inquire(inquiry(first, clock.now(), status.id), status.id)).toMatchObject({ id: status.id });
  expect(refusal(() => inquire(inquiry(second, clock.now(), status.id), status.id))).toBe('not_found');
});

test('a request that comes a second time is refused, whatever has become of the first', async () => {
  const { registry, clock, commands, first, ask } = await setUp();
  const request = signed(first, clock.now());
  const { id } = ask(request);
  expect(refusal(() => ask(request))).toBe('request_stale');
  commands.reply({ site: 'school', device: 'room-1' }, { id, state: 'done' });
  clock.pass(SELF_REQUEST_LIFE_MS);
  expect(refusal(() => ask(request))).toBe('request_stale');
  expect(registry.audit.list({ limit: 1 })).toMatchObject([
    { action: 'device.command.throughput', outcome: 'refused', detail: 'request_stale: the request came before' },
  ]);
});

test.each([
  ['with another time', (request: SelfCommandRequest) => ({ ...request, time: request.time + 1 })],
  ['for another family', (request: SelfCommandRequest) => ({ ...request, arguments: { families: ['ipv6' as const] } })],
  ['for all', ({ arguments: _, ...request }: SelfCommandRequest) => request],
])('a request that was altered, %s, is refused', async (_, alter) => {
  const { clock, first, ask } = await setUp();
  expect(refusal(() => ask(alter(signed(first, clock.now()))))).toBe('certificate_unknown');
});

test('neither serves the certificate of another device, nor that of a revoked one, nor one of a wrong time', async () => {
  const { registry, clock, sent, first, second, ask, inquire } = await setUp();
  expect(refusal(() => ask(signed(first, clock.now(), { signer: second })))).toBe('certificate_unknown');
  expect(refusal(() => ask(signed(first, clock.now() - SELF_REQUEST_LIFE_MS - 1)))).toBe('request_stale');
  expect(refusal(() => ask(signed(first, clock.now() + SELF_REQUEST_LIFE_MS + 1)))).toBe('request_stale');
  registry.credentials.revoke('school/room-1', clock.now());
  expect(refusal(() => ask(signed(first, clock.now())))).toBe('certificate_revoked');
  expect(refusal(() => inquire(inquiry(first, clock.now(), 'command-1'), 'command-1'))).toBe('certificate_revoked');
  expect(sent).toEqual([]);
  // Who goes on has to wait: each refusal is a row in the audit log.
  expect(refusal(() => ask(signed(first, clock.now())))).toBe('rate_limited');
});

test('what a gateway cannot do it says as to a person: offline, busy, too often', async () => {
  const { registry, clock, commands, first, second, ask } = await setUp();
  const gone = { online: false, since: 1, boot: 'boot-one', version: '0.1.0' };
  registry.devices.setState('school', 'room-2', gone, clock.now());
  expect(refusal(() => ask(signed(second, clock.now())))).toBe('device_offline');
  ask(signed(first, clock.now()));
  clock.pass(1);
  expect(refusal(() => ask(signed(first, clock.now())))).toBe('command_busy');
  expect(commands.list({ site: 'school', device: 'room-1' }, { limit: 9 })).toHaveLength(1);
  const codes = Array.from({ length: 19 }, (_, index) => refusal(() => ask(signed(first, clock.now() + 1 + index))));
  expect(codes.at(-2)).toBe('command_busy');
  expect(codes.at(-1)).toBe('rate_limited');
});

test('a device that waits for its turn takes its command back, and one that has begun goes on', async () => {
  const { clock, sent, first, second, ask, inquire } = await setUp();
  const running = ask(signed(first, clock.now()));
  const waiting = ask(signed(second, clock.now()));
  expect(waiting.state).toBe('waiting');
  await expect.poll(() => sent).toHaveLength(1);
  const ended = inquire(inquiry(second, clock.now(), waiting.id, 'withdraw'), waiting.id);
  expect(ended).toMatchObject({ state: 'failed', code: 'command_expired' });
  expect(inquire(inquiry(first, clock.now(), running.id, 'withdraw'), running.id)).toMatchObject({ state: 'sent' });
});
