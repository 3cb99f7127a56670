import { join } from 'node:path';
import type { Home } from '../../runtime/home.ts';
import type { Registry } from '../registry/registry.ts';
import type { SpoolAcknowledgements } from '../spool-acknowledgements.ts';
import { copyFiles } from '../store/duckdb/copy-files.ts';
import type { StoreClient } from '../store/store-client.ts';
import { STORE_PATH } from './contents.ts';
import type { BackupSource } from './make-backup.ts';

/** The home of a gateway that runs, as a backup needs it. */
export function runningSource({
  home,
  store,
  taken,
  registry,
}: {
  home: Home;
  store: Pick<StoreClient, 'snapshot'>;
  taken: SpoolAcknowledgements;
  registry: Pick<Registry, 'flush'>;
}): BackupSource {
  return {
    home,
    copyStore: async (source, target, signal) => {
      const isStore = source === join(home.dir, STORE_PATH);
      if (isStore && (await store.snapshot(target, signal))) return;
      // A file of an earlier configuration, which nobody has open.
      await copyFiles(source, target, signal);
    },
    holdSpool: () => taken.hold(),
    flushRegistry: () => registry.flush(),
  };
}
