import type { Static, TObject } from '#typebox';
import { CampusError } from '../../contract/errors.ts';
import type { Collected, Collector } from '../collector.ts';
import { captureHost } from './capture-host.ts';
import type { Decoded } from './decoded.ts';
import type { Decoder } from './decoders.ts';

/** A file that a collector reads, and how its text is known among others. */
export interface CapturedFile {
  path: string;
  looksLike: RegExp;
}

export interface FileDecoderOptions<S extends TObject> {
  create: () => Collector<S, Collected>;
  config: Static<S>;
  files: readonly CapturedFile[];
  /** Decodes what is none of the files, such as the output of a command. */
  otherwise?: (text: string) => Decoded;
}

/** A decoder that has a collector read one of its files, as captured somewhere. */
export function decodeFile<S extends TObject>({ create, config, files, otherwise }: FileDecoderOptions<S>): Decoder {
  return async (text) => {
    try {
      const file = files.find(({ looksLike }) => looksLike.test(text));
      if (file === undefined) {
        if (otherwise !== undefined) return otherwise(text);
        const paths = files.map(({ path }) => path).join(', ');
        throw new CampusError('parse_failed', `line 1: expected the text of one of ${paths}`);
      }
      const result = await create().collect(captureHost(file.path, text), config, new AbortController().signal);
      if ('notPresent' in result) return { metrics: [], notUnderstood: [], failures: [] };
      return { metrics: 'failures' in result ? result.metrics : result, notUnderstood: [], failures: [] };
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      return { metrics: [], notUnderstood: [], failures: [error] };
    }
  };
}
