import { describe, expect, it } from 'vitest';
import { GiveBack, LOOK_MS } from '../../../gateway/memory/give-back.ts';

const MIB = 1024 * 1024;

/** A gateway of 250 MiB that is quiet; each collection is counted, and returns what is not needed. */
function gateway() {
  const state = { mib: 250, needed: 250, busy: false, collections: 0, told: 0, ms: 0 };
  const giveBack = new GiveBack({
    rss: () => state.mib * MIB,
    utilisation: () => (state.busy ? 0.9 : 0.05),
    collect: async () => {
      state.collections++;
      state.mib = state.needed;
    },
    log: { info: () => void state.told++ },
    elapsed: () => state.ms,
  });
  const pass = async (minutes: number): Promise<void> => {
    for (const end = state.ms + minutes * 60_000; state.ms < end; state.ms += LOOK_MS) await giveBack.look();
  };
  return { state, pass };
}

describe('memory that a busy time has left', () => {
  it('is returned by a collection once it has been quiet for a minute', async () => {
    const { state, pass } = gateway();
    await pass(5);
    Object.assign(state, { busy: true, mib: 480 });
    await pass(5);
    state.busy = false;
    await pass(0.75);
    expect(state.collections).toBe(0);
    await pass(2);
    expect(state).toMatchObject({ collections: 1, mib: 250, told: 1 });
    await pass(60);
    expect(state.collections).toBe(1);
  });

  it('is left alone where it is little, or the gateway busy', async () => {
    const { state, pass } = gateway();
    await pass(5);
    state.mib = 270;
    await pass(30);
    Object.assign(state, { busy: true, mib: 600 });
    await pass(30);
    expect(state.collections).toBe(0);
  });

  it('that is in use costs one collection and no more', async () => {
    const { state, pass } = gateway();
    await pass(5);
    Object.assign(state, { mib: 480, needed: 480 });
    await pass(120);
    expect(state).toMatchObject({ collections: 1, told: 1 });
  });

  it('is returned no more often than every two minutes', async () => {
    const { state, pass } = gateway();
    await pass(5);
    for (let flood = 0; flood < 20; flood++) {
      state.mib = 480;
      await pass(0.5);
    }
    expect(state.collections).toBe(5);
  });
});
