import { type Static, Type } from '#typebox';
import { Id } from '../../contract/ids.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { Device } from '../registry/devices.ts';

/** A device as the API serves it. Times are ms since 1970. */
export const DeviceView = Type.Object({
  id: Id,
  site: Id,
  online: Type.Boolean(),
  since: Type.Integer({ description: 'since when it is online or offline' }),
  last_seen: Type.Integer(),
  first_seen: Type.Integer(),
  version: Type.Optional(Type.String({ description: 'of its agent' })),
  boot: Type.Optional(Type.String({ description: 'the run of its agent' })),
  revoked: Type.Boolean({ description: 'its account was taken away' }),
  open_alerts: Type.Integer({ minimum: 0 }),
});
export type DeviceView = Static<typeof DeviceView>;

/** @param revoked names (`{site}/{device}`) of the revoked devices */
export function deviceView(device: Device, revoked: ReadonlySet<string>, alerts: Alerts): DeviceView {
  const { site, device: id, state } = device;
  return {
    id,
    site,
    online: device.online,
    since: device.since,
    last_seen: device.lastSeen,
    first_seen: device.firstSeen,
    ...(state === undefined ? {} : { version: state.version, boot: state.boot }),
    revoked: revoked.has(`${site}/${id}`),
    open_alerts: alerts.openCount(site, id),
  };
}
