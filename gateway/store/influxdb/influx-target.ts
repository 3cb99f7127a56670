import type { CredentialSource } from '../credentials.ts';
import type { QueryScope } from './influx-query.ts';

/** An InfluxDB, as a location names it. */
export interface InfluxTarget {
  version: 1 | 2 | 3;
  /** http(s)://host:port */
  url: string;
  /** The database; in 2.x the bucket. */
  database: string;
  /** The organisation, in 2.x alone. */
  org?: string;
  credentials?: CredentialSource;
}

/** What differs between the three generations that share line protocol and InfluxQL. */
export interface InfluxApi {
  /** What the server is called in errors. */
  title: string;
  tokenScheme: 'Bearer' | 'Token';
  /** Path and query of a write in ms; absent for the client's own, which is 2.x's. */
  writePath?: string;
  /** Where InfluxQL looks. */
  queryScope: QueryScope;
  /** True when `DELETE` works; else the database's retention period alone deletes. */
  deletes: boolean;
  /** True when `DROP SERIES` works, which takes a series' names away as well. */
  drops: boolean;
}

/**
 * Sources: 1.x https://docs.influxdata.com/influxdb/v1/tools/api/, 2.x https://docs.influxdata.com/influxdb/v2/api-guide/influxdb-1x/,
 * 3 https://docs.influxdata.com/influxdb3/core/write-data/http-api/v3-write-lp/
 */
export function influxApi({ version, database }: InfluxTarget): InfluxApi {
  const db = encodeURIComponent(database);
  switch (version) {
    case 1:
      return {
        title: 'InfluxDB',
        tokenScheme: 'Token',
        writePath: `/write?db=${db}&precision=ms`,
        queryScope: { parameters: { db: database }, missingIsEmpty: false },
        deletes: true,
        drops: true,
      };
    case 2:
      return {
        title: 'InfluxDB 2',
        tokenScheme: 'Token',
        queryScope: { parameters: bucketScope(database), missingIsEmpty: false },
        deletes: true,
        drops: false,
      };
    case 3:
      return {
        title: 'InfluxDB 3',
        tokenScheme: 'Bearer',
        writePath: `/api/v3/write_lp?db=${db}&precision=millisecond`,
        queryScope: { parameters: { db: database }, missingIsEmpty: true },
        deletes: false,
        drops: false,
      };
  }
}

/** InfluxDB 2.x maps a bucket `a/b` to the database `a` and its retention policy `b`, and any other to the database of its name. */
function bucketScope(bucket: string): Record<string, string> {
  const slash = bucket.indexOf('/');
  return slash < 0 ? { db: bucket } : { db: bucket.slice(0, slash), rp: bucket.slice(slash + 1) };
}
