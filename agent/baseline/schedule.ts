import type { Logger } from '../../runtime/log.ts';
import type { AgentEvent } from '../events.ts';
import type { Box } from './check.ts';
import { baselineEvents } from './events.ts';
import { checkBox, countVerdicts } from './report.ts';

/** Long enough after a start that the services of the machine are up, too, and the first samples are out. */
const FIRST_AFTER_MS = 5 * 60_000;
const EVERY_MS = 24 * 3_600_000;

export interface BaselineScheduleOptions extends Omit<Box, 'signal'> {
  raise: (event: AgentEvent) => void;
  log: Logger;
}

/**
 * Checks the box once a day and raises an event for each demand that it does not meet.
 * @returns a function that stops it
 */
export function startBaseline({ raise, log, ...box }: BaselineScheduleOptions): () => void {
  if (!box.config.enabled) return () => undefined;
  const stopped = new AbortController();
  const check = async (): Promise<void> => {
    try {
      const report = await checkBox({ ...box, signal: stopped.signal });
      if (stopped.signal.aborted) return;
      for (const event of baselineEvents(report)) raise(event);
      log.info(countVerdicts(report), 'baseline self-check: `campus-edge baseline` shows it');
    } catch (error) {
      log.error({ err: error }, 'the baseline self-check failed: next try tomorrow');
    }
  };
  let timer = setTimeout(function daily() {
    void check();
    timer = setTimeout(daily, EVERY_MS);
  }, FIRST_AFTER_MS);
  return () => {
    stopped.abort();
    clearTimeout(timer);
  };
}
