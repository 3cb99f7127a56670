import { setTimeout as delay } from 'node:timers/promises';
import { FakeClock } from '../../support/fake-clock.ts';
import type { Gateway } from '../machine/gateway.ts';
import type { FaultRun, Outcome, Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

const DAY_SECONDS = 24 * 3600;
/** What a clock shows that was never set: the first minutes of 1970. */
const FIRST_MINUTES_MS = 90_000;

/** How long the clock is wrong in all: whatever happens, happens at its steps. */
function seconds({ effort }: FaultRun): number {
  return Math.min(60, Math.max(4, effort.outageSeconds));
}

/** Checks what else a wrong clock must not do: devices that stamp rightly are refused nothing. */
async function refusals(gateway: Gateway): Promise<string[]> {
  const { rejects } = await gateway.get<{ rejects: { code: string; count: number; detail: string }[] }>('rejects');
  return rejects.map(({ code, count, detail }) => `refused ${count} times: ${code}: ${detail}`);
}

async function judge(run: FaultRun, site: Awaited<ReturnType<typeof startSite>>): Promise<Outcome> {
  const outcome = await settle(run, site);
  outcome.failures.push(...(await refusals(site.gateway)));
  return outcome;
}

export const clockSteps: Scenario = {
  name: 'clock-steps',
  title:
    "the gateway's clock is set back and forth by a day under load, the gateway killed meanwhile; nothing is refused or lost",
  run: async (run) => {
    const clock = new FakeClock(run.directory());
    const site = await startSite(run, { env: clock.env, load: { sentNow: true } });
    const pause = (1000 * seconds(run)) / 6;
    for (const days of [-1, 0, 1, 0]) {
      await delay(pause);
      clock.set(days * DAY_SECONDS);
      run.say(`the gateway's clock is ${days} days off`);
    }
    await delay(pause);
    clock.set(-DAY_SECONDS);
    await site.gateway.end('SIGKILL');
    await site.gateway.start();
    run.say('the gateway was killed, and its clock is a day behind');
    await delay(pause);
    clock.set(0);
    return judge(run, site);
  },
};

export const clockUnset: Scenario = {
  name: 'clock-1970',
  title: 'the gateway boots in 1970 and is told the time later; nothing is refused or lost',
  run: async (run) => {
    const clock = new FakeClock(run.directory());
    clock.set((FIRST_MINUTES_MS - Date.now()) / 1000);
    const site = await startSite(run, { env: clock.env, load: { sentNow: true } });
    await delay(500 * seconds(run));
    clock.set(0);
    run.say("the gateway's clock is set");
    await delay(500 * seconds(run));
    return judge(run, site);
  },
};
