import { Aedes, type PublishPacket } from 'aedes';
import { writeToStream } from 'mqtt-packet';

// A Buffer of two bytes for each of 65,536 packet identifiers would take 8 MB for good; one made when it is needed costs nothing to speak of.
writeToStream.cacheNumbers = false;

/** Where a client's packet goes once it has been received: a topic that nobody may subscribe to. */
const RECEIVED_TOPIC = '$SYS/received';
const NOTHING = Buffer.alloc(0);
/** Aedes tells the other brokers of a cluster who has come and gone. Here is one, and when a school loses its power, thousands go at once. */
const CLUSTER_TOPIC = /^\$SYS\/[^/]+\/(?:new|disconnect)\/clients$/;

/**
 * Aedes, which passes on only what the product tells it to. What clients publish is dealt with before its PUBACK, in `authorizePublish`;
 * looking for its subscribers afterwards would cost as much again and find none.
 */
export class QuietAedes extends Aedes {
  /** Marks a client's packet as dealt with: it is acknowledged and goes nowhere. */
  static received(packet: PublishPacket): void {
    packet.topic = RECEIVED_TOPIC;
    packet.payload = NOTHING;
    packet.retain = false;
  }

  /** Called by the product with a packet and a callback, and by Aedes itself with the client in between. */
  override publish(packet: PublishPacket, ...rest: unknown[]): void {
    const done = rest.at(-1);
    const isForNobody = packet.topic === RECEIVED_TOPIC || CLUSTER_TOPIC.test(packet.topic);
    if (!isForNobody) Reflect.apply(super.publish, this, [packet, ...rest]);
    else if (typeof done === 'function') done(null);
  }
}
