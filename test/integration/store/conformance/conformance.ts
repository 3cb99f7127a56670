import { describe } from 'vitest';
import { aggregatesConform } from './aggregates.ts';
import { deletionConforms } from './deletion.ts';
import { erasureConforms } from './erasure.ts';
import { historyConforms } from './history.ts';
import { latestConforms } from './latest.ts';
import { namesConform } from './names.ts';
import { numbersConform } from './numbers.ts';
import { randomQueriesConform } from './random-queries.ts';
import { selectionConforms } from './selection.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import { typesConform } from './types.ts';
import { writingConforms } from './writing.ts';

/** A store is whatever passes this suite. */
export function storeConformance(under: StoreUnderTest): void {
  describe(`${under.name} as a store`, () => {
    writingConforms(under);
    typesConform(under);
    numbersConform(under);
    aggregatesConform(under);
    selectionConforms(under);
    randomQueriesConform(under);
    namesConform(under);
    latestConforms(under);
    historyConforms(under);
    deletionConforms(under);
    erasureConforms(under);
  });
}
