import { onMounted, type ShallowRef, shallowRef } from 'vue';
import { type ApiProblem, toProblem } from '../api/problem.ts';

/** A short list that is read whole, and read again after each change of it. */
export interface List<Row> {
  rows: ShallowRef<readonly Row[]>;
  loading: ShallowRef<boolean>;
  problem: ShallowRef<ApiProblem | undefined>;
  reload: () => Promise<void>;
  /** Does something to the list and reads it again. */
  change: (work: () => Promise<void>) => Promise<void>;
}

/** Reads a list when the component appears. */
export function useList<Row>(read: () => Promise<Row[]>): List<Row> {
  const rows = shallowRef<readonly Row[]>([]);
  const loading = shallowRef(true);
  const problem = shallowRef<ApiProblem>();
  const change = async (work: () => Promise<void>): Promise<void> => {
    problem.value = undefined;
    try {
      await work();
      rows.value = await read();
    } catch (error) {
      problem.value = toProblem(error);
    }
    loading.value = false;
  };
  const reload = (): Promise<void> => change(async () => {});
  onMounted(reload);
  return { rows, loading, problem, reload, change };
}
