import { type ComputedRef, computed, onScopeDispose, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import type { RequestedCommand } from '../../../../contract/command.ts';
import type { DeviceKey } from '../api/campus.ts';
import { type ApiProblem, toProblem } from '../api/problem.ts';
import type { Command } from '../api/schema.ts';
import { useApi } from '../api/use-api.ts';
import { useLive } from '../live/live.ts';
import { isOver, withCommand } from './commands.ts';

export interface Commands {
  /** Why nothing is known. */
  problem: ShallowRef<ApiProblem | undefined>;
  /** Why the device was not asked. */
  refusal: ShallowRef<ApiProblem | undefined>;
  asking: Ref<boolean>;
  loaded: ComputedRef<boolean>;
  /** The one that is under way. */
  active: ComputedRef<Command | undefined>;
  /** Those that are over, newest first. */
  history: ComputedRef<Command[]>;
  load: () => Promise<void>;
  ask: () => Promise<void>;
}

/**
 * One kind of command to a device: those before, kept current by the stream, and how to ask for another.
 * @param limit as many of those before are read
 */
export function useCommands(device: () => DeviceKey, command: RequestedCommand, limit: number): Commands {
  const api = useApi();
  const live = useLive();
  const known = shallowRef<readonly Command[]>();
  const problem = shallowRef<ApiProblem>();
  const refusal = shallowRef<ApiProblem>();
  const asking = ref(false);

  async function load(): Promise<void> {
    problem.value = undefined;
    try {
      known.value = await api.commands(device(), { command, limit });
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  function take(told: Command): void {
    const { site, device: id } = device();
    if (told.site !== site || told.device !== id || told.command !== command || known.value === undefined) return;
    known.value = withCommand(known.value, told);
  }

  async function ask(): Promise<void> {
    asking.value = true;
    refusal.value = undefined;
    try {
      const asked = await api.ask(device(), command);
      // The stream may have told more of it already.
      if (!known.value?.some(({ id }) => id === asked.id)) take(asked);
    } catch (error) {
      refusal.value = toProblem(error);
    }
    asking.value = false;
  }

  onScopeDispose(live.onCommand(take));
  watch([() => device().site, () => device().device, live.reconnects], load, { immediate: true });
  return {
    ...{ problem, refusal, asking, load, ask },
    loaded: computed(() => known.value !== undefined),
    active: computed(() => known.value?.find((one) => !isOver(one))),
    history: computed(() => (known.value ?? []).filter(isOver)),
  };
}
