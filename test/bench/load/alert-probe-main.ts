import { AlertProbe, type AlertProbeOptions } from './alert-probe.ts';

/** The alert probe's process: runs once, as it is asked over IPC, and answers with the outcome. */

process.on('message', async (options: AlertProbeOptions) => {
  process.send?.(await new AlertProbe(options).run());
});
// Whoever measured is gone.
process.on('disconnect', () => process.exit(0));
