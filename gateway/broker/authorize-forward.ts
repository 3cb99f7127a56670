import type { AedesPublishPacket, Client } from 'aedes';
import { brokerLimits } from './limits.ts';

/**
 * What comes this way is states, events and alerts: little, and missed by whoever does not get it. A subscriber that is behind gets it all
 * the same, after what waits for it, up to a bound: a frozen one must not take the gateway's memory. Beyond, it is sent away, for what it
 * has missed comes to it anew when it subscribes again.
 */
export function authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
  if (client.conn.writableLength <= brokerLimits.unreadBytes) return packet;
  client.conn.destroy(new Error('drain timeout'));
  return null;
}
