import { Counter, Gauge, Registry } from 'prom-client';

/** The gateway's own figures at `/metrics`, in Prometheus' naming (base units, `_total` for counters). */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly messages = this.#counter('campus_messages_total', 'Telemetry messages committed to the spool', []);
  readonly metrics = this.#counter('campus_metrics_total', 'Metrics committed to the spool', []);
  readonly duplicates = this.#counter('campus_duplicates_total', 'Messages that had been stored before', []);
  readonly notForwarded = this.#counter(
    'campus_not_forwarded_total',
    'Telemetry messages that rules did not see: in a flood, or because the flows do not read',
    [],
  );
  readonly rejects = this.#counter('campus_rejects_total', 'Payloads, or parts of them, that were refused', ['code']);
  readonly refusals = this.#counter(
    'campus_refusals_total',
    'Connections, topics, packets and requests to join that were refused',
    ['action', 'code'],
  );
  readonly storedPoints = this.#counter('campus_store_points_total', 'Points written to a store', ['store']);
  readonly storeFailures = this.#counter('campus_store_failures_total', 'Writes that a store did not take', ['store']);
  readonly skippedValues = this.#counter(
    'campus_store_skipped_values_total',
    'Values left out because the store holds the field with another type',
    ['store'],
  );
  readonly damagedMessages = this.#counter(
    'campus_spool_damaged_messages_total',
    'Messages that could not be read back from the spool',
    ['store'],
  );
  readonly lostMessages = this.#counter(
    'campus_spool_lost_messages_total',
    'Messages known to be missing from a damaged spool',
    [],
  );
  readonly pseudonymisedValues = this.#counter(
    'campus_pseudonymised_values_total',
    'Values of other programs in which MAC addresses were replaced by pseudonyms',
    [],
  );
  readonly syslogLostRows = this.#counter(
    'campus_syslog_lost_rows_total',
    'Rows of the audit log that became too old before the syslog server took them',
    [],
  );

  /** Figures that are read when somebody asks. */
  constructor(read: {
    connections: () => number;
    series: () => number;
    /** Devices that wait for an approval. */
    joinRequests: () => number;
    spool: () => Promise<{ messages: number; bytes: number }>;
  }) {
    this.#gauge('campus_connections', 'MQTT connections', read.connections);
    this.#gauge('campus_series', 'Series known', read.series);
    this.#gauge('campus_join_requests', 'Devices that wait for an approval', read.joinRequests);
    this.#gauge('campus_spool_messages', 'Messages not yet in every store', async () => (await read.spool()).messages);
    this.#gauge('campus_spool_bytes', 'Bytes not yet in every store', async () => (await read.spool()).bytes);
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, value: () => number | Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set(await value()),
    });
  }
}
