import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { UdpExchange, UdpOptions } from './host.ts';

/**
 * Opens a UDP socket that hears one peer alone.
 * @param monotonicMs tells when a datagram came
 * @throws the system's error when there is no way to the peer
 */
export function openUdp({ address, port, onMessage }: UdpOptions, monotonicMs: () => number): Promise<UdpExchange> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.on('message', (message) => {
      // First of all: whatever is done before would count as delay.
      const at = monotonicMs();
      onMessage(message, at);
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      // From here on errors are what ICMP says of a datagram that was sent (udp(7)): it is lost, which whoever waits for an answer sees.
      socket.on('error', () => {});
      resolve({
        send: (message) => socket.send(message, () => {}),
        close: () => socket.close(),
      });
    });
    socket.connect(port, address);
  });
}
