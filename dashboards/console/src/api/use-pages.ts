import { type ShallowRef, shallowRef } from 'vue';
import { type ApiProblem, toProblem } from './problem.ts';

export interface Pages<Row> {
  readonly rows: ShallowRef<readonly Row[]>;
  readonly loading: Readonly<ShallowRef<boolean>>;
  readonly problem: Readonly<ShallowRef<ApiProblem | undefined>>;
  /** Where the next page begins; undefined on the last. */
  readonly next: Readonly<ShallowRef<string | undefined>>;
  more(): void;
  reload(): void;
}

/** A list that is read page by page, newest first. Nothing is read before the first `reload`. */
export function usePages<Row>(
  read: (cursor: string | undefined) => Promise<{ rows: readonly Row[]; next?: string | null | undefined }>,
): Pages<Row> {
  const rows = shallowRef<readonly Row[]>([]);
  const loading = shallowRef(true);
  const problem = shallowRef<ApiProblem>();
  const next = shallowRef<string>();
  let newest = 0;

  async function load(cursor: string | undefined): Promise<void> {
    newest += 1;
    const mine = newest;
    problem.value = undefined;
    try {
      const page = await read(cursor);
      // The answer to an earlier question, about another device, comes too late.
      if (mine !== newest) return;
      rows.value = cursor === undefined ? page.rows : [...rows.value, ...page.rows];
      next.value = page.next ?? undefined;
    } catch (error) {
      if (mine === newest) problem.value = toProblem(error);
    }
    loading.value = false;
  }

  return { rows, loading, problem, next, more: () => void load(next.value), reload: () => void load(undefined) };
}
