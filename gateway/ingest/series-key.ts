/** True for the tags that the gateway stamps from the authenticated topic; what a payload says of them is dropped. */
export function isStamped(tag: string): boolean {
  return tag === 'site' || tag === 'device';
}

/**
 * A series within its device: measurement and tags in one order, separated by what no name may hold; without the stamped tags and those
 * that are empty, which are tags that are not there.
 */
export function seriesKey(measurement: string, tags: Readonly<Record<string, string>>): string {
  let only: string | undefined;
  let count = 0;
  for (const name in tags) {
    if (isStamped(name) || tags[name] === '') continue;
    only = name;
    count++;
  }
  if (only === undefined) return measurement;
  if (count === 1) return `${measurement}\n${only}\t${tags[only]}`;
  let key = measurement;
  for (const name of Object.keys(tags).sort())
    if (!isStamped(name) && tags[name] !== '') key += `\n${name}\t${tags[name]}`;
  return key;
}
