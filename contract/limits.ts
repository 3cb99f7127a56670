/**
 * Every bound of the wire, once, with its reason. The gateway enforces them; agents keep below them.
 * A message outside of these bounds is refused with the matching error code of `errors.ts`.
 */
export const limits = {
  /** Bytes of one payload: a Telegraf batch of 1,000 metrics fits, a flood does not. */
  payloadBytes: 256 * 1024,
  /** Bytes of one MQTT packet. Between the two bounds a payload is acknowledged and kept as a reject; above, the connection is closed. */
  packetBytes: 1024 * 1024,
  /** Metrics in one message: Telegraf's default `metric_batch_size`. */
  metricsPerMessage: 1000,
  /** Tags of one metric, besides site and device. */
  tagsPerMetric: 16,
  /** Fields of one metric. */
  fieldsPerMetric: 128,
  /** Characters of a measurement, tag or field name. */
  nameChars: 128,
  /** Characters of a tag's value: long values are identities or free text, neither belongs in a tag. */
  tagValueChars: 256,
  /** Characters of a string field: an interface's address list fits. */
  stringFieldChars: 16 * 1024,
  /** Bytes of one event: every fact that explains one fits, and a thousand of them are no burden. */
  eventBytes: 16 * 1024,
  /** Events that a device may report at once, and how many more a minute: who has more to tell has one thing to tell. */
  eventBurst: 100,
  eventsPerMinute: 10,
  /** Milliseconds a sample may lie ahead of the gateway's clock: clocks within NTP's reach differ by far less. */
  futureMs: 10 * 60 * 1000,
  /** Milliseconds a sample may lie behind: an outbox keeps at most a summer holiday. */
  pastMs: 90 * 24 * 3600 * 1000,
  /** Milliseconds since 1970 before which no clock is right: the product did not exist. Such a clock has not been set since its power came. */
  earliestMs: Date.UTC(2025, 0, 1),
  /** Series of one device. */
  seriesPerDevice: 2000,
  /** Series of one site. */
  seriesPerSite: 50_000,
  /** Fields of one measurement over all devices: each is a column in the store. */
  fieldsPerMeasurement: 512,
  /** Fields that one device may be the first to send, besides the contract's: a Telegraf with every plug-in of a server stays below. */
  newFieldsPerDevice: 1000,
  /** Measurements of one gateway: each is a table in the store. */
  measurements: 1024,
  /** Measurements that one device may be the first to send, besides the contract's: a Telegraf with every plug-in of a server stays below. */
  newMeasurementsPerDevice: 64,
  /** Bytes that the newest values of one device may take in the gateway's memory: 2,000 series of a hundred numbers, or of a few texts. */
  latestBytesPerDevice: 2 * 1024 * 1024,
  /** Devices that wait for an administrator's approval at once: the boxes of a school fit, and a person can still look through them. */
  joinRequests: 100,
  /** Of these, from one address (IPv6: one /64): a trolley of new boxes behind one router. Others keep their places in a flood. */
  joinRequestsPerAddress: 10,
  /** Milliseconds that a request to join waits for its approval, and an approval for its device: until the same lesson tomorrow. */
  joinRequestMs: 24 * 3600 * 1000,
  /** Bytes of one reply: the check of a room where everything is wrong, in both languages and with the longest names, fits. */
  replyBytes: 96 * 1024,
  /** Devices that wait for their turn to measure: each takes a minute, and nobody waits for more than a lesson. */
  commandsWaiting: 16,
  /** Commands of one device that are remembered: a term of nights. */
  commandsPerDevice: 200,
} as const;
