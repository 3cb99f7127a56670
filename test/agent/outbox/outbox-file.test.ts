import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { OutboxMessage } from '../../../agent/outbox/message.ts';
import { OutboxFile } from '../../../agent/outbox/outbox-file.ts';
import { makeTree } from '../tree.ts';

function makeFile(maxBytes = 1024 * 1024): OutboxFile {
  const path = join(makeTree({}), 'outbox.sqlite');
  const file = new OutboxFile({ channel: 'telemetry', path, maxBytes, onDamaged: () => undefined });
  onTestFinished(() => file.close());
  return file;
}

const message = (seq: number, bytes = 10): OutboxMessage => ({
  boot: 'boot-one',
  seq,
  machineBoot: 'start-one',
  content: JSON.stringify('x'.repeat(bytes)),
});
const none = () => false;

test('a message that is appended again, for nobody knows whether the disk has it, is there once', async () => {
  const file = makeFile();
  await file.append([message(1), message(2)], 0, none);
  await file.append([message(1), message(2), message(3)], 0, none);
  expect((await file.read(10)).map((stored) => stored.message?.seq)).toEqual([1, 2, 3]);
  expect(file.messages).toBe(3);
});

test('what goes for want of room counts as lost only when it had still to be sent', async () => {
  const file = makeFile(64 * 1024);
  for (let seq = 1; seq <= 60; seq++) await file.append([message(seq, 800)], 0, none);
  const [first] = await file.read(1);
  const dropped = await file.append([message(61, 50_000)], 0, ({ position }) => position === first?.position);
  const left = await file.read(100);
  expect(left.at(-1)?.message?.seq).toBe(61);
  expect(dropped).toBe(61 - left.length - 1);
});
