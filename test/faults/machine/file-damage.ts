import { closeSync, existsSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { integerBetween, type Random } from '../../support/random.ts';

/** Cuts a file off at a random place between 40 % and 90 % of its length. */
export function cutOff(path: string, random: Random): void {
  truncateSync(path, Math.floor(statSync(path).size * (0.4 + 0.5 * random())));
}

/** Overwrites random stretches of a file with noise, as a dying SD card does: up to a page each. */
export function scribble(path: string, random: Random): void {
  if (!existsSync(path)) return;
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  for (let left = size === 0 ? 0 : integerBetween(random, 2, 5); left > 0; left--) {
    const noise = Buffer.from(
      Array.from({ length: integerBetween(random, 16, 4096) }, () => integerBetween(random, 0, 255)),
    );
    const at = integerBetween(random, 0, size - 1);
    // In place: whoever has the file open goes on with what is there now.
    writeSync(file, noise, 0, Math.min(noise.length, size - at), at);
  }
  closeSync(file);
}
