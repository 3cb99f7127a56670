export const exportFormats = ['parquet', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Which points of one measurement to write to a file. */
export interface ExportQuery {
  measurement: string;
  /** ms: from inclusive, to exclusive. */
  from: number;
  to: number;
  format: ExportFormat;
  /** Only these; all of them when empty. */
  fields: readonly string[];
  sites: readonly string[];
  devices: readonly string[];
}

export interface ExportResult {
  rows: number;
  bytes: number;
}
