import type { CredentialSource } from '../credentials.ts';

/** A VictoriaMetrics, as a location names it: one server, or the two sides of a cluster. */
export interface VictoriaMetricsTarget {
  /** Where line protocol goes: the address above `/api/v2/write`, in a cluster vminsert's `http://host:8480/insert/0/influx`. */
  url: string;
  /** Where PromQL goes: the address above `/api/v1/query_range`, in a cluster vmselect's `http://host:8481/select/0/prometheus`. */
  selectUrl: string;
  credentials?: CredentialSource;
}
