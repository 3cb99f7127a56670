import { expect, it } from 'vitest';
import { RuleInputs, type RuleMessage } from '../../../flows/nodes/rule-inputs.ts';

const heard: RuleMessage = { channel: 'heard', device: 'room-1', payload: { replayed: false } };

it('hands a message to rules when nothing but rules listens', () => {
  const inputs = new RuleInputs();
  const taken: string[] = [];
  const remove = inputs.add('a', ({ device }) => taken.push(`a ${device}`));
  inputs.add('b', ({ device }) => taken.push(`b ${device}`));
  expect(inputs.offer(['a', 'b'], () => heard)).toBe(true);
  expect(taken).toEqual(['a room-1', 'b room-1']);
  expect(inputs.offer(['a', 'debug'], () => heard)).toBe(false);
  expect(inputs.offer(['a'], () => undefined)).toBe(true);
  remove();
  expect(inputs.offer(['a', 'b'], () => heard)).toBe(false);
  expect(taken).toHaveLength(2);
});

it('leaves a node that was made anew under its id alone when the old one is closed', () => {
  const inputs = new RuleInputs();
  const remove = inputs.add('a', () => undefined);
  let taken = 0;
  inputs.add('a', () => {
    taken += 1;
  });
  remove();
  expect(inputs.offer(['a'], () => heard)).toBe(true);
  expect(taken).toBe(1);
});
