import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { integerBetween, type Random } from '../../support/random.ts';

/** Overwrites random stretches of a file with noise, as a dying SD card does: up to a page each. */
export function scribble(path: string, random: Random): void {
  if (!existsSync(path)) return;
  const { size } = statSync(path);
  const stretches = size === 0 ? 0 : integerBetween(random, 2, 5);
  const places = Array.from({ length: stretches }, () => integerBetween(random, 0, size - 1));
  scribbleAt(path, places, random);
}

/** Overwrites a file with noise from each of these places on, up to a page each and not beyond its end. */
export function scribbleAt(path: string, places: readonly number[], random: Random): void {
  if (!existsSync(path)) return;
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  for (const at of places) {
    const noise = Buffer.from(
      Array.from({ length: integerBetween(random, 16, 4096) }, () => integerBetween(random, 0, 255)),
    );
    // In place: whoever has the file open goes on with what is there now.
    writeSync(file, noise, 0, Math.min(noise.length, size - at), at);
  }
  closeSync(file);
}
