import type { UnverifiedGateway } from '../../contract/join.ts';
import type { AuditInput } from '../registry/audit.ts';

/**
 * What the audit log says of somebody who answered in the gateway's place: only the device could see that, and one that was let in is believed that much.
 * @param device as the audit log has it, SITE/DEVICE
 */
export function impostorReport(
  { at, url, count }: UnverifiedGateway,
  { address, device }: { address: string; device: string },
): AuditInput {
  const when = new Date(at).toISOString();
  const detail = `gateway_not_verified: what answered for ${url} was not this gateway; attempts to join: ${count}, the last at ${when}`;
  return { actor: `device:${device}`, address, action: 'device.join', target: device, outcome: 'refused', detail };
}
