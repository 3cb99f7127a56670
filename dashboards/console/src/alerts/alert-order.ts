import type { Alert } from '../../../../contract/alert.ts';

/** Narrows alerts to a site or a device; undefined does not narrow. */
export interface AlertFilter {
  site: string | undefined;
  device: string | undefined;
}

export function isWanted(alert: Alert, { site, device }: AlertFilter): boolean {
  return (site === undefined || alert.site === site) && (device === undefined || alert.device === device);
}

/** Open alerts in the order of work: those that nobody has taken first, then the worst, then the newest. */
export function openFirst(alerts: readonly Alert[]): Alert[] {
  return alerts.toSorted(
    (a, b) =>
      Number(a.acknowledged_at !== undefined) - Number(b.acknowledged_at !== undefined) ||
      a.level - b.level ||
      b.raised_at - a.raised_at,
  );
}

/** Adds an alert that was just cleared on top of the list, or replaces it where it stands. */
export function withCleared(alerts: readonly Alert[], cleared: Alert): Alert[] {
  const known = alerts.some((alert) => alert.id === cleared.id);
  return known ? alerts.map((alert) => (alert.id === cleared.id ? cleared : alert)) : [cleared, ...alerts];
}
