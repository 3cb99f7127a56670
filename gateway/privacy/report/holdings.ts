import { otherHoldings } from './elsewhere.ts';
import type { Holding } from './holding.ts';
import { measuredHoldings } from './measured.ts';
import { registeredHoldings } from './registered.ts';

/** Everything that a site keeps about people, and about devices that may be called after them. */
export const holdings: readonly Holding[] = [...measuredHoldings, ...registeredHoldings, ...otherHoldings];
