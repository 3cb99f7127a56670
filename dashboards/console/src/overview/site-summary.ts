import type { Alert } from '../../../../contract/alert.ts';
import type { EventLevel } from '../../../../contract/classification.ts';
import type { Ipv6Summary } from '../../../../contract/measurements/ipv6.ts';
import type { Device } from '../api/schema.ts';
import { sumField } from '../format/fields.ts';
import { splitInterfaces } from '../format/interfaces.ts';
import { ipv6Status } from '../format/ipv6.ts';
import { currentPoints, type LatestPoints } from '../live/latest-points.ts';

export interface SiteSummary {
  total: number;
  online: number;
  offline: number;
  alerts: number;
  /** The worst level among the open alerts. */
  worstLevel: EventLevel | undefined;
  /** The IPv6 state of each device that is online and reports one. */
  ipv6: { id: string; state: Ipv6Summary }[];
  /** Sums over the main interfaces of the devices that are online. */
  downBitsPerSecond: number | undefined;
  upBitsPerSecond: number | undefined;
}

/** What the cards at the top of the overview say. Revoked devices are no longer part of the site. */
export function siteSummary(all: readonly Device[], alerts: readonly Alert[], latest: LatestPoints): SiteSummary {
  const devices = all.filter((device) => !device.revoked);
  const online = devices.filter((device) => device.online);
  const interfaces = online.flatMap(
    ({ site, id }) => splitInterfaces(currentPoints(latest.of('network', { site, device: id }))).main,
  );
  return {
    total: devices.length,
    online: online.length,
    offline: devices.length - online.length,
    alerts: alerts.length,
    worstLevel: alerts.map((alert) => alert.level).toSorted()[0],
    ipv6: online.flatMap(({ site, id }) => {
      const state = ipv6Status(latest.of('ipv6', { site, device: id }))?.summary;
      return state === undefined ? [] : [{ id, state }];
    }),
    downBitsPerSecond: sumField(interfaces, 'rx_bits_per_second'),
    upBitsPerSecond: sumField(interfaces, 'tx_bits_per_second'),
  };
}

/** The device to show: the one asked for, else the first that is online and has values, else the first online, else the first. */
export function chooseDevice(
  devices: readonly Device[],
  wanted: string | undefined,
  hasValues: (device: Device) => boolean,
): Device | undefined {
  return (
    devices.find((device) => `${device.site}/${device.id}` === wanted) ??
    devices.find((device) => device.online && hasValues(device)) ??
    devices.find((device) => device.online) ??
    devices[0]
  );
}
