import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

const gateway = ['--gateway', 'https://127.0.0.1:1'];
const fingerprint = `sha256:${'0a'.repeat(32)}`;

it('enroll trusts nobody at first sight, and tells where the fingerprint is to be read', async () => {
  const outcome = await campusEdge(['enroll', ...gateway, '--name', 'room-1', '--home', temporaryDirectory()]);
  expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
  expect(outcome.stderr).toMatch(
    /^campus-edge: usage: expected --token or --ca-fingerprint: .*`campus-edge ca fingerprint`/,
  );
});

it.each([
  ['both', ['--token', 'x', '--ca-fingerprint', fingerprint], 'usage'],
  ['a name with a token', ['--token', 'x', '--name', 'room-1'], 'usage'],
  ['a fingerprint that is none', ['--ca-fingerprint', 'sha256:abc'], 'usage'],
  ['a name that is none', ['--ca-fingerprint', fingerprint, '--name', 'Room 1'], 'usage'],
  ['a token that is none', ['--token', 'x'], 'request_invalid'],
])('enroll refuses %s', async (_what, args, code) => {
  const outcome = await campusEdge(['enroll', ...gateway, ...args, '--home', temporaryDirectory()]);
  expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(`campus-edge: ${code}: `) });
});

it.each([
  [['ca', 'fingerprint'], 'not_ready'],
  [['join-request', 'list'], 'not_ready'],
])('%j says that the gateway has to run', async (args, code) => {
  const outcome = await campusEdge([...args, '--home', temporaryDirectory()]);
  expect(outcome).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(`campus-edge: ${code}: `) });
});
