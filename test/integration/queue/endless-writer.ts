import { DurableQueue } from '../../../queue/queue.ts';

/** Appends 1, 2, 3, … to the queue at the given path and prints each number once it is confirmed, until it is killed. */
const queue = await DurableQueue.open({ path: process.argv[2] ?? '', maxBytes: 1e9 });
for (let number = 1; number <= 100_000; number++) {
  await queue.append({ key: 'k', body: new TextEncoder().encode(String(number)), receivedAt: number });
  process.stdout.write(`${number}\n`);
}
