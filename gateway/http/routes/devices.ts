import { Type } from '#typebox';
import { CampusError } from '../../../contract/errors.ts';
import { Id, isId } from '../../../contract/ids.ts';
import { Inventory } from '../../../contract/inventory.ts';
import { DeviceState } from '../../../contract/state.ts';
import type { DeviceKey } from '../../registry/devices.ts';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { DeviceView, deviceView } from '../device-view.ts';
import { nextOf, pageAnswer, pageQuery, readPage } from '../page.ts';

const DeviceDetail = Type.Object({
  ...DeviceView.properties,
  inventory: Type.Optional(Inventory),
  state: Type.Optional(DeviceState),
});

/** `/devices`: those that have reported, by site and id. */
export function addDevices(
  app: Api,
  { registry, alerts, about }: Pick<HttpDeps, 'registry' | 'alerts' | 'about'>,
): void {
  const { devices, inventories, credentials } = registry;

  app.route({
    method: 'GET',
    url: '/devices',
    config: { role: 'viewer', scope: 'devices' },
    schema: {
      summary: 'Devices that have reported',
      querystring: Type.Object({ ...pageQuery, site: Type.Optional(Id) }, { additionalProperties: false }),
      response: { 200: Type.Object({ devices: Type.Array(DeviceView), ...pageAnswer }) },
    },
    handler: ({ query }) => {
      const after = query.cursor === undefined ? undefined : parseDeviceCursor(query.cursor);
      const narrow = {
        ...(query.site === undefined ? {} : { site: query.site }),
        ...(after === undefined ? {} : { after }),
      };
      const page = readPage(
        query.limit,
        (limit) => devices.list({ ...narrow, limit }),
        ({ site, device }) => `${site}/${device}`,
      );
      const revoked = credentials.revokedDevices();
      return { devices: page.rows.map((device) => deviceView(device, revoked, alerts)), ...nextOf(page) };
    },
  });

  app.route({
    method: 'GET',
    url: '/devices/:id',
    config: { role: 'viewer', scope: 'devices' },
    schema: {
      summary: "One device with its inventory; of this gateway's site unless told",
      params: Type.Object({ id: Id }),
      querystring: Type.Object({ site: Type.Optional(Id) }, { additionalProperties: false }),
      response: { 200: DeviceDetail },
    },
    handler: ({ params, query }) => {
      const site = query.site ?? about.site;
      const device = devices.get(site, params.id);
      if (device === undefined)
        throw new CampusError('not_found', `expected a device of site ${site} that has reported, got ${params.id}`);
      const inventory = inventories.get(site, params.id);
      return {
        ...deviceView(device, credentials.revokedDevices(), alerts),
        ...(inventory === undefined ? {} : { inventory }),
        ...(device.state === undefined ? {} : { state: device.state }),
      };
    },
  });
}

/** `{site}/{device}` @throws CampusError `request_invalid` */
function parseDeviceCursor(cursor: string): DeviceKey {
  const [site = '', device = '', ...rest] = cursor.split('/');
  if (rest.length > 0 || !isId(site) || !isId(device)) {
    throw new CampusError('request_invalid', 'querystring/cursor: expected the `next` of the page before');
  }
  return { site, device };
}
