import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { integerBetween, type Random } from '../../support/random.ts';

/** Cuts a file off at a random place between 40 % and 90 % of its length. Returns how many bytes are left. */
export function cutOff(path: string, random: Random): number {
  const bytes = Math.floor(statSync(path).size * (0.4 + 0.5 * random()));
  truncateSync(path, bytes);
  return bytes;
}

/** Overwrites random stretches of a file with noise, as a dying SD card does: up to a page each. Returns how many. */
export function scribble(path: string, random: Random): number {
  if (!existsSync(path) || statSync(path).size === 0) return 0;
  const content = readFileSync(path);
  const stretches = integerBetween(random, 2, 5);
  for (let count = 0; count < stretches; count++) {
    const from = integerBetween(random, 0, content.length - 1);
    const to = Math.min(content.length, from + integerBetween(random, 16, 4096));
    for (let at = from; at < to; at++) content[at] = integerBetween(random, 0, 255);
  }
  writeFileSync(path, content);
  return stretches;
}
