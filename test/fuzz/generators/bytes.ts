import { integerBetween, type Random } from '../../support/random.ts';

/** One of several. */
export function pick<T>(random: Random, from: readonly T[]): T {
  const value = from[Math.floor(random() * from.length)];
  if (value === undefined) throw new Error('expected something to pick from, got nothing');
  return value;
}

/** Bytes that mean something to somebody: ends of ranges, separators, wildcards. */
const interesting = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x23, 0x2b, 0x2f, 0x5c, 0x7b, 0xc0, 0xed] as const;

/** Changes bytes here and there: flips, cuts, repeats, inserts. The input stays as it is. */
export function mutated(random: Random, input: Buffer, changes = integerBetween(random, 1, 4)): Buffer {
  let bytes: Buffer = Buffer.from(input);
  for (let change = 0; change < changes; change += 1) bytes = mutateOnce(random, bytes);
  return bytes;
}

function mutateOnce(random: Random, bytes: Buffer): Buffer {
  const at = Math.floor(random() * (bytes.length + 1));
  const end = Math.min(bytes.length, at + integerBetween(random, 1, 16));
  switch (integerBetween(random, 0, 5)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << integerBetween(random, 0, 7));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = pick(random, interesting);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), randomBytes(random), bytes.subarray(at)]);
  }
}

function randomBytes(random: Random): Buffer {
  return Buffer.from(Array.from({ length: integerBetween(random, 1, 8) }, () => integerBetween(random, 0, 255)));
}
