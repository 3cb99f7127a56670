import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../contract/errors.ts';
import { parseJoinCode } from '../runtime/join-code.ts';
import type { GatewayClient } from './gateway-client.ts';

const JoinRequest = Type.Object({
  id: Type.String(),
  device: Type.String(),
  name_taken: Type.Boolean(),
  code: Type.String(),
  address: Type.String(),
  created_at: Type.Integer(),
  expires_at: Type.Integer(),
});
export type JoinRequest = Static<typeof JoinRequest>;
const list = Compile(Type.Object({ enabled: Type.Boolean(), join_requests: Type.Array(JoinRequest) }));
const approved = Compile(Type.Object({ site: Type.String(), device: Type.String() }));

/** Devices that wait to be let in. @throws CampusError `join_requests_off`, or what the gateway answers with */
export async function listJoinRequests(gateway: GatewayClient): Promise<JoinRequest[]> {
  const { enabled, join_requests: requests } = list.Parse(await (await gateway.request('GET', 'join-requests')).json());
  if (enabled) return requests;
  throw new CampusError(
    'join_requests_off',
    'devices cannot ask to join this gateway: set gateway.join.requests to true in its campus-edge.yaml and start it anew',
  );
}

/**
 * The request that a person means, by its id or by the code that the device shows.
 * @throws CampusError `not_found`, `state_conflict` where two have the code; `join_requests_off`
 */
async function findJoinRequest(gateway: GatewayClient, idOrCode: string): Promise<JoinRequest> {
  const code = parseJoinCode(idOrCode);
  const found = (await listJoinRequests(gateway)).filter((one) => one.id === idOrCode || one.code === code);
  const [request] = found;
  if (request === undefined) {
    throw new CampusError(
      'not_found',
      `expected the id or the code of a request that waits, got ${JSON.stringify(idOrCode.slice(0, 80))}`,
    );
  }
  if (found.length > 1)
    throw new CampusError('state_conflict', `two requests have the code ${code}: name one by its id`);
  return request;
}

/** Lets a device in. @param name what it is to be called; as it wishes unless told */
export async function approveJoinRequest(
  gateway: GatewayClient,
  idOrCode: string,
  name: string | undefined,
): Promise<JoinRequest & { site: string }> {
  const request = await findJoinRequest(gateway, idOrCode);
  const body = name === undefined ? {} : { device: name };
  const answer = await gateway.request('POST', `join-requests/${request.id}/approve`, { body });
  return { ...request, ...approved.Parse(await answer.json()) };
}

/** Turns a device away. */
export async function rejectJoinRequest(gateway: GatewayClient, idOrCode: string): Promise<JoinRequest> {
  const request = await findJoinRequest(gateway, idOrCode);
  await gateway.request('POST', `join-requests/${request.id}/reject`);
  return request;
}
