import type { WindowText } from '../sequence-windows.ts';

/**
 * Joins two images of one producer's windows, as `SequenceWindows` encodes them. A window only grows, so what either has seen has
 * been seen. Epochs keep the order of the first, those of the second alone come before them: they are older.
 * @returns undefined when the second is damaged
 */
export function joinWindows(one: WindowText, other: string): WindowText | undefined {
  const epochs = parseWindows(other);
  if (epochs === undefined) return undefined;
  const known = new Map(one);
  const older = epochs.filter(([epoch]) => !known.has(epoch));
  for (const [epoch, ranges] of epochs) {
    const before = known.get(epoch);
    if (before !== undefined) known.set(epoch, joinRanges([...before, ...ranges]));
  }
  return [...older, ...known];
}

/** Windows from their text; undefined when it is not what `SequenceWindows` writes. */
function parseWindows(text: string): WindowText | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isRange = (range: unknown): range is [number, number] =>
    Array.isArray(range) && range.length === 2 && range.every(Number.isSafeInteger);
  const isEpoch = (epoch: unknown): epoch is WindowText[number] =>
    Array.isArray(epoch) && typeof epoch[0] === 'string' && Array.isArray(epoch[1]) && epoch[1].every(isRange);
  return Array.isArray(value) && value.every(isEpoch) ? value : undefined;
}

function joinRanges(ranges: readonly [number, number][]): [number, number][] {
  const joined: [number, number][] = [];
  for (const [low, high] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return joined;
}
