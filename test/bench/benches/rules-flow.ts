/** Kinds of rules in turn, with settings that evaluate every sample and never raise on what a simulated device reports. */
const kinds = [
  { type: 'campus-threshold', raise: 1e15, clear: 1e14, direction: 'above', for_seconds: 60 },
  { type: 'campus-rate', raise: 1e15, window_seconds: 600 },
  { type: 'campus-threshold', raise: -1e15, clear: -1e14, direction: 'below', for_seconds: 60 },
  { type: 'campus-change', normal: '', settle_seconds: 86_400 },
  { type: 'campus-flapping', raise: 60, clear: 0, window_seconds: 10 },
  { type: 'campus-baseline', raise: 100, learn_weeks: 4 },
  { type: 'campus-forecast', limit: 1e15, raise: 0 },
  { type: 'campus-share', limit: 1e15, raise: 100, clear: 50, least_devices: 5 },
] as const;

const fields = [
  ['system', 'load1'],
  ['cpu', 'usage_user'],
  ['mem', 'used'],
  ['disk', 'used_bytes'],
  ['net', 'bytes_recv'],
] as const;

/** Rules of these that raise as the shipped one on memory does: that they do shows that the others are evaluated, too. */
export const WITNESSES = 5;

/** A tab with so many rules of all kinds: one `campus-in` for each measurement, wired to all rules of it, as the product's own tab is. */
export function rulesFlow(count: number): object[] {
  const tab = { id: 'own-tab', type: 'tab', label: 'Rules' };
  // A node without a place would count as one that only holds settings.
  const common = { z: 'own-tab', x: 100, y: 100, gateway: 'campus-connection', class: 'other', level: 4 };
  const rules = Array.from({ length: count }, (_, index) => {
    const [measurement, field] = fields[index % fields.length] ?? ['system', 'load1'];
    const id = `own-${index}`;
    const wires = [['own-out']];
    if (index < WITNESSES) {
      const memory = { measurement: 'system', field: 'memory_used_percent', raise: 90, clear: 85 };
      return { ...common, id, rule: id, type: 'campus-threshold', ...memory, wires };
    }
    return { ...common, id, rule: id, measurement, field, ...kinds[index % kinds.length], wires };
  });
  const ins = fields.map(([measurement]) => ({
    ...{ ...common, id: `own-in-${measurement}`, type: 'campus-in', channel: 'telemetry', measurement },
    wires: [rules.filter((rule) => rule.measurement === measurement).map(({ id }) => id)],
  }));
  return [tab, ...ins, ...rules, { ...common, id: 'own-out', type: 'campus-alert-out', wires: [] }];
}
