import { describe, expect, it } from 'vitest';
import { KeyedStates, splitStateKey, stateKey } from '../../../flows/rules/keyed-states.ts';

const closed = { open: false };
const open = { open: true };

describe('the states of a rule', () => {
  it('drop the one that was heard of the longest ago', () => {
    const states = new KeyedStates<{ open: boolean }>(3);
    for (const key of ['a', 'b', 'c']) states.touch(key, closed);
    states.touch('a', closed);
    states.touch('d', closed);
    expect([...states.entries()].map(([key]) => key)).toEqual(['c', 'a', 'd']);
  });

  it('drop one with an open alert last', () => {
    const states = new KeyedStates<{ open: boolean }>(2);
    states.touch('a', open);
    states.touch('b', closed);
    states.touch('c', open);
    expect(states.get('b')).toBeUndefined();
    states.touch('d', closed);
    expect([...states.entries()].map(([key]) => key)).toEqual(['c', 'd']);
    expect(states.size).toBe(2);
  });

  it('can be replaced while they are gone through', () => {
    const states = new KeyedStates<{ open: boolean }>(3);
    for (const key of ['a', 'b', 'c']) states.touch(key, closed);
    for (const [key] of states.entries()) states.replace(key, open);
    states.replace('unknown', open);
    expect([...states.entries()]).toEqual([
      ['a', open],
      ['b', open],
      ['c', open],
    ]);
  });

  it.each([
    ['room-1', ''],
    ['room-1', '/'],
    ['room-1', '/srv/a b'],
  ])('have keys that tell device %s and subject "%s" apart again', (device, subject) => {
    expect(splitStateKey(stateKey(device, subject))).toEqual({ device, subject });
  });
});
