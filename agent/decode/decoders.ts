import { decodeCellular } from '../collectors/cellular/decode.ts';
import type { Decoded } from './decoded.ts';

/** Turns a text that a collector reads, as captured somewhere, into what the agent would report. It does no I/O. */
export type Decoder = (text: string) => Decoded;

/** Every decoder, by its collector. */
export const decoders: Readonly<Record<string, Decoder>> = {
  cellular: decodeCellular,
};
