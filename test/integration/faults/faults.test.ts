import { describe, expect, it } from 'vitest';
import { FaultRun, isGood, type Outcome, type Scenario } from '../../faults/scenario.ts';
import { scenarios } from '../../faults/scenarios/index.ts';
import { seededRandom } from '../../support/random.ts';

/** The short form of `npm run faults`: everything once, with few kills and short outages. */
const effort = { kills: 2, outageSeconds: 4, loadSeconds: 2 };
const SEED = 20_260_301;
const TIMEOUT_MS = 180_000;

/** What measures time or memory has the machine for itself. */
const measured = ['overload', 'disk-stalls', 'frozen-subscriber', 'unread-pubacks'];

async function runShort(scenario: Scenario): Promise<Outcome> {
  const run = new FaultRun({ effort, random: seededRandom(SEED), say: () => {} });
  try {
    return await scenario.run(run);
  } finally {
    await run.end();
  }
}

const able = scenarios.filter(({ unable }) => unable?.() === undefined);

describe.concurrent('nothing acknowledged is lost, nothing is stored twice', () => {
  it.each(able.filter(({ name }) => !measured.includes(name)))(
    '$name: $title',
    { timeout: TIMEOUT_MS },
    async (scenario) => {
      const outcome = await runShort(scenario);
      expect(outcome).toMatchObject({ lost: 0, doubled: 0, failures: [] });
      expect(isGood(outcome)).toBe(true);
    },
  );
});

describe('nobody waits for others, and memory is bounded', () => {
  it.each(able.filter(({ name }) => measured.includes(name)))(
    '$name: $title',
    { timeout: TIMEOUT_MS },
    async (scenario) => {
      expect(await runShort(scenario)).toMatchObject({ lost: 0, doubled: 0, failures: [] });
    },
  );
});
