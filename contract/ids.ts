import { Type } from '#typebox';

/** Site and device ids: what a DNS label allows (RFC 1123 §2.1), so that an id is safe in topics, file names and URLs. */
export const ID_PATTERN = '^[a-z0-9-]{1,63}$';
export const Id = Type.String({ pattern: ID_PATTERN });

const idRegExp = new RegExp(ID_PATTERN);

/** Names that stand in a device's place in a topic and so can never be a device. */
export const RESERVED_DEVICE_IDS: readonly string[] = ['alerts', 'flows'];

/** True when `text` may name a site or a device on the wire. */
export function isId(text: string): boolean {
  return idRegExp.test(text);
}

/** True when `text` may be given to a new device. */
export function isDeviceId(text: string): boolean {
  return isId(text) && !RESERVED_DEVICE_IDS.includes(text);
}

/** A host name as a device id: its first label, lower case, other characters as hyphens; `gateway` where nothing is left. */
export function deviceIdFrom(hostname: string): string {
  const label = hostname.split('.')[0] ?? '';
  const id = label
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return isDeviceId(id) ? id : 'gateway';
}
