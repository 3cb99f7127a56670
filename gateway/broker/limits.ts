/** What one client and all of them may take of the broker, each bound with its reason. Bounds of payloads stand in contract/limits.ts. */
export const brokerLimits = {
  /** Connections in all: a Pi 5 serves 10,000 devices; beyond, new ones are refused rather than all made slow. */
  connections: 12_000,
  /** A client that has not sent CONNECT by then is no MQTT client. */
  connectTimeoutMs: 10_000,
  /** Bytes of a packet from a client that has not shown its password: a CONNECT with a will, and not a megabyte from each stranger. */
  packetBytesUnauthenticated: 16 * 1024,
  /** Subscriptions refused on one connection before it is ended: a device has one to make, the flows have four. */
  refusedSubscriptions: 8,
  /** Characters of a client identifier. */
  clientIdChars: 128,
  /** A subscriber that takes nothing for this long is disconnected. */
  drainTimeoutMs: 5_000,
  /** Bytes that wait for a subscriber to whom a state, an event or an alert is to be sent: those of 10,000 devices fit, each some hundred bytes. */
  unreadBytes: 4 * 1024 * 1024,
  /** Levels of a topic: the contract's have five. */
  topicLevels: 8,
  /** QoS 2 messages of one client between PUBLISH and PUBREL. */
  inflightQos2: 20,
  /** Messages one client may send at once before it is slowed to its rate. */
  burstSeconds: 2,
  /** Messages between their sockets and the disk, by what they take in memory: beyond, no more is read, and TCP slows the senders down. */
  unstored: {
    /** Two of the largest payloads, or two hundred messages of a classroom box: more on its way makes no client faster. */
    bytesPerClient: 1024 * 1024,
    /**
     * Some 1,500 messages of a classroom box: enough for full speed where a commit takes milliseconds, and for 10,000 a second where an SD card
     * takes a tenth of one. More would only wait for longer, and what outlives V8's young generation costs the gateway memory and time.
     */
    bytes: 8 * 1024 * 1024,
    /** A few milliseconds' work: a client that floods the gateway must not have it for longer at a time. */
    bytesAtOnce: 16 * 1024,
    /** As long as a subscriber has. */
    unreadMs: 5_000,
  },
  /** Telemetry on its way to the flows. */
  forward: {
    /** Five times what 10,000 devices say in daily life; above it, rules see each device once a second, so that a flood leaves the gateway its CPU. */
    perSecond: 5000,
    perDeviceMs: 1000,
    devices: 20_000,
    /** Messages that come within this time share a write: the flows' delay, against a system call and a wake-up for each. */
    gatherMs: 2,
  },
} as const;
