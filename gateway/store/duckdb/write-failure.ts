import { CampusError } from '../../../contract/errors.ts';

/** Failures that lie in what was to be written, as DuckDB's messages begin; all others lie in the disk, the memory or the file. */
const ofTheBatch =
  /^(Conversion|Constraint|Invalid Input|Invalid type|Out of Range|Mismatch Type|Binder|Catalog|Parser|Not implemented) Error/i;

/** Why a write failed: `store_refused` for a batch that DuckDB cannot hold, else `store_unavailable`: a full disk may have room again. */
export function writeFailure(error: Error): CampusError {
  // JavaScript's own errors come from reading the batch.
  const refused = ofTheBatch.test(error.message) || error instanceof TypeError || error instanceof RangeError;
  const code = refused ? 'store_refused' : 'store_unavailable';
  return new CampusError(code, `DuckDB cannot write: ${error.message}`, { cause: error });
}
