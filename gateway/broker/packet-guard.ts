import type { Client } from 'aedes';

/** The part of mqtt-packet's parser that tells how long the packet under way says it is; -1 before its header. */
interface PacketParser {
  packet: { length: number };
  parse(chunk: Buffer): number;
}

/**
 * Calls `onTooLarge` as soon as a client announces a packet above what `maxBytes` says at that moment, before its body is gathered in memory: MQTT lets a
 * packet be 256 MiB (MQTT 3.1.1 §2.2.3) and neither Aedes nor its parser has a bound of its own.
 */
export function guardPacketSize(client: Client, maxBytes: () => number, onTooLarge: (bytes: number) => void): void {
  const parser = parserOf(client);
  const parse = parser.parse.bind(parser);
  parser.parse = (chunk) => {
    const remaining = parse(chunk);
    if (parser.packet.length > maxBytes()) onTooLarge(parser.packet.length);
    return remaining;
  };
}

/** Aedes keeps its parser in a field that its types do not name. */
function parserOf(client: Client): PacketParser {
  const parser: unknown = Reflect.get(client, '_parser');
  if (typeof parser !== 'object' || parser === null || !('parse' in parser) || !('packet' in parser)) {
    throw new Error('this version of aedes keeps its parser elsewhere: gateway/broker/packet-guard.ts must be mended');
  }
  return parser as PacketParser;
}
