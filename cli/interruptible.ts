import type { LocalText } from '../contract/alert.ts';
import { onShutdownRequest } from '../runtime/shutdown.ts';
import { AnsweredBadly } from './failure.ts';
import type { Speaker } from './terminal.ts';

const nothingLeft: LocalText = { en: 'Given up; nothing was left behind.', 'zh-CN': '已取消，未留下任何文件。' };

/**
 * Runs work that a person may end by Ctrl-C.
 * @param work given a signal that is aborted then; what it has begun it takes back, unless `said` says otherwise
 * @param said what the person is told then
 * @throws AnsweredBadly once the work has ended, having said so
 */
export async function interruptible<T>(
  speaker: Speaker,
  work: (signal: AbortSignal) => Promise<T>,
  said = nothingLeft,
): Promise<T> {
  const interrupted = new AbortController();
  const stopListening = onShutdownRequest(() => interrupted.abort());
  try {
    return await work(interrupted.signal);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    speaker.err(`\n${speaker.say(said)}\n`);
    throw new AnsweredBadly(1);
  } finally {
    stopListening();
  }
}
