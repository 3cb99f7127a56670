import { EventEmitter } from 'node:events';
import type { Client } from 'aedes';

/** The part of mqtt-packet's parser that tells how long the packet under way says it is; -1 before its header. */
interface PacketParser extends EventEmitter {
  packet: { length: number };
  /** @returns bytes of a packet that has not all come */
  parse(chunk: Buffer): number;
}

export interface PacketGuard {
  /** Bytes that a packet may have at that moment. */
  maxBytes: () => number;
  /** A packet announces more, before its body is gathered in memory: MQTT lets it be 256 MiB (MQTT 3.1.1 §2.2.3). */
  tooLarge: (bytes: number) => void;
  /** A packet of this command has come. */
  packet: (command: string) => void;
  /** A packet has begun and not ended. */
  unfinished: () => void;
}

/** Watches what a client sends, packet by packet: neither Aedes nor its parser has a bound of its own. */
export function guardPackets(client: Client, { maxBytes, tooLarge, packet, unfinished }: PacketGuard): void {
  const parser = parserOf(client);
  const parse = parser.parse.bind(parser);
  parser.on('packet', ({ cmd }: { cmd: string }) => packet(cmd));
  parser.parse = (chunk) => {
    const remaining = parse(chunk);
    if (parser.packet.length > maxBytes()) tooLarge(parser.packet.length);
    if (remaining > 0) unfinished();
    return remaining;
  };
}

/** Aedes keeps its parser in a field that its types do not name. */
function parserOf(client: Client): PacketParser {
  const parser: unknown = Reflect.get(client, '_parser');
  if (!(parser instanceof EventEmitter) || !('parse' in parser) || !('packet' in parser)) {
    throw new Error('this version of aedes keeps its parser elsewhere: gateway/broker/packet-guard.ts must be mended');
  }
  return parser as PacketParser;
}
