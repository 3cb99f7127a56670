import { defineConfig } from 'vitest/config';

const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  throw new Error(
    `The tests need Node.js 24, this is ${process.version}: run \`npm test\` or \`npx vitest\`, which take the project's own.`,
  );
}

const seconds = 1000;
const results = process.env['VITEST_RESULTS'];

/**
 * Tests that kill, fill and wait for minutes: `npm run test:long`. What they show has a short form in `npm test`, the units' own tests and the
 * scenarios of test/faults, so that `npm test` stays within a coffee break on two cores.
 */
const long = [
  'test/integration/agent/clock.test.ts',
  'test/integration/agent/replay.test.ts',
  'test/integration/backup/order.test.ts',
  'test/integration/backup/under-load.test.ts',
  'test/integration/bench/bench.test.ts',
  'test/integration/cli/store-copy.test.ts',
  'test/integration/join/approval.test.ts',
  'test/integration/privacy/erase.test.ts',
  'test/integration/product/check-faults.test.ts',
  'test/integration/product/path.test.ts',
  'test/integration/store/drain.test.ts',
  'test/integration/store/durability.test.ts',
  'test/integration/store/failing-server.test.ts',
];

/** Tests that say how fast something must be. */
const measured = ['test/integration/product/**', 'test/integration/faults/**'];
/** Real servers take their time, more of it where two tests share a core. */
const patient = { testTimeout: 60 * seconds, hookTimeout: 60 * seconds } as const;
/** One after another, for others would disturb what they measure. */
const alone = { ...patient, fileParallelism: false } as const;

export default defineConfig({
  test: {
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/browser/**'],
          // What they import is loaded once, and not anew by each of three hundred files: that was two thirds of their time.
          isolate: false,
          // Some start processes, which takes its time on a busy machine.
          testTimeout: 20 * seconds,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [...measured, ...long],
          isolate: false,
          ...patient,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'product',
          include: measured.map((directory) => `${directory}/*.test.ts`),
          exclude: long,
          ...alone,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...patient,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: { name: 'long', include: long, ...alone, testTimeout: 180 * seconds, sequence: { groupOrder: 4 } },
      },
    ],
  },
});
