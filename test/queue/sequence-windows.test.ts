import { describe, expect, it } from 'vitest';
import { SequenceWindows } from '../../queue/sequence-windows.ts';

describe('SequenceWindows', () => {
  it('takes each number of an epoch once, in whatever order they come', () => {
    const windows = new SequenceWindows();
    const order = [5, 1, 2, 9, 3, 4, 8, 7, 6, 10];
    expect(order.map((sequence) => windows.add('s/d', 'boot-one', sequence))).toEqual(order.map(() => true));
    expect(order.map((sequence) => windows.add('s/d', 'boot-one', sequence))).toEqual(order.map(() => false));
    expect(windows.encode('s/d')).toBe('[["boot-one",[[1,10]]]]');
  });

  it('keeps producers and epochs apart', () => {
    const windows = new SequenceWindows();
    expect(windows.add('s/a', 'boot-one', 1)).toBe(true);
    expect(windows.add('s/b', 'boot-one', 1)).toBe(true);
    expect(windows.add('s/a', 'boot-two', 1)).toBe(true);
    expect(windows.add('s/a', 'boot-one', 1)).toBe(false);
  });

  it('agrees with a plain set over random orders with repeats', () => {
    const windows = new SequenceWindows();
    const seen = new Set<number>();
    let random = 42;
    for (let step = 0; step < 20_000; step++) {
      random = (random * 1103515245 + 12345) % 2147483648;
      const sequence = 1 + Math.floor(step / 10) + (random % 40);
      expect(windows.add('s/d', 'boot-one', sequence)).toBe(!seen.has(sequence));
      seen.add(sequence);
    }
  });

  it('stays bounded against a sender that leaves gaps, and then forgets the lowest numbers, never refuses new ones', () => {
    const windows = new SequenceWindows();
    for (let sequence = 2; sequence <= 20_000; sequence += 2)
      expect(windows.add('s/d', 'boot-one', sequence)).toBe(true);
    expect(windows.encode('s/d').length).toBeLessThan(6000);
    expect(windows.add('s/d', 'boot-one', 20_000)).toBe(false);
    expect(windows.add('s/d', 'boot-one', 19_999)).toBe(true);
  });

  it('knows a backlog that lies below as many gaps as it remembers', () => {
    const windows = new SequenceWindows();
    for (let sequence = 1_000; sequence <= 3_000; sequence += 2) windows.add('s/d', 'boot-one', sequence);
    for (let sequence = 1; sequence <= 500; sequence++) {
      expect(windows.add('s/d', 'boot-one', sequence)).toBe(true);
      expect(windows.add('s/d', 'boot-one', sequence)).toBe(false);
    }
    expect(windows.add('s/d', 'boot-one', 1)).toBe(false);
  });

  it('remembers the last epochs of a producer only', () => {
    const windows = new SequenceWindows();
    for (let epoch = 1; epoch <= 40; epoch++) windows.add('s/d', `boot-${epoch}`, 1);
    const remembered = (JSON.parse(windows.encode('s/d')) as [string, unknown][]).map(([epoch]) => epoch);
    expect([remembered.length, remembered[0], remembered.at(-1)]).toEqual([16, 'boot-25', 'boot-40']);
  });

  it('remembers the run whose backlog is being sent, over however many short runs that takes', () => {
    const windows = new SequenceWindows();
    for (let sequence = 1; sequence <= 50; sequence++) windows.add('s/d', 'boot-0', sequence);
    for (let run = 1; run <= 50; run++) {
      // Each run sends something fresh, then one message of the backlog once more, for it was killed before it had noted the last one.
      windows.add('s/d', `boot-${run}`, 1);
      expect(windows.add('s/d', 'boot-0', run)).toBe(false);
    }
  });

  it('comes back from its text as it was', () => {
    const windows = new SequenceWindows();
    for (const sequence of [1, 2, 5]) windows.add('s/d', 'boot-one', sequence);
    const restored = new SequenceWindows();
    restored.restore('s/d', windows.encode('s/d'));
    expect([1, 2, 3, 5].map((sequence) => restored.add('s/d', 'boot-one', sequence))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });
});
