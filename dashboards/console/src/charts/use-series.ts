import { onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue';
import type { DeviceKey } from '../api/campus.ts';
import { type ApiProblem, toProblem } from '../api/problem.ts';
import { useApi } from '../api/use-api.ts';
import { gatewayNow } from '../live/clock.ts';
import { deviceKey, useLive } from '../live/live.ts';
import { chartSpan } from './axis.ts';
import { type Line, SeriesSet, type SeriesSpec } from './series-set.ts';

/** Time ranges to choose from, with the width of one step: 90 to 290 points a line, agents sample every 10 s. */
export const windows = {
  '15m': { lengthMs: 15 * 60_000, stepMs: 10_000 },
  '1h': { lengthMs: 3_600_000, stepMs: 15_000 },
  '24h': { lengthMs: 86_400_000, stepMs: 300_000 },
} as const;
export type WindowName = keyof typeof windows;

export interface ChartSeries {
  readonly lines: Readonly<ShallowRef<readonly Line[]>>;
  /** The window shown, ms since 1970; moves on with time. */
  readonly span: Readonly<ShallowRef<{ from: number; to: number }>>;
  /** True until the history is there. */
  readonly loading: Readonly<ShallowRef<boolean>>;
  readonly problem: Readonly<ShallowRef<ApiProblem | undefined>>;
  reload(): void;
}

/** Lines are drawn again at most this often. */
const REDRAW_MS = 1000;
/** The window moves on at least this often, so that an outage grows visibly. */
const MOVE_MS = 5000;

/**
 * The lines of one chart: history from the gateway, then live values. Loaded again when device or range change and after
 * a reconnect, for what came meanwhile is missing.
 */
export function useSeries(spec: SeriesSpec, device: () => DeviceKey, range: () => WindowName): ChartSeries {
  const api = useApi();
  const live = useLive();
  const lines = shallowRef<readonly Line[]>([]);
  const span = shallowRef({ from: 0, to: 0 });
  const loading = shallowRef(true);
  const problem = shallowRef<ApiProblem>();
  let set = new SeriesSet(spec, windows[range()].stepMs);
  let request = new AbortController();
  let redraw: ReturnType<typeof setTimeout> | undefined;

  function show(): void {
    const { site, device: id } = device();
    const firstSeen = live.devices.value.get(deviceKey({ site, id }))?.first_seen ?? undefined;
    span.value = chartSpan(gatewayNow(), windows[range()].lengthMs, firstSeen);
    set.trim(span.value.from);
    lines.value = set.lines();
  }

  async function load(fresh: boolean): Promise<void> {
    request.abort();
    const mine = new AbortController();
    request = mine;
    const { lengthMs, stepMs } = windows[range()];
    if (fresh) {
      set = new SeriesSet(spec, stepMs);
      loading.value = true;
    }
    problem.value = undefined;
    const to = gatewayNow();
    const query = { ...device(), measurement: spec.measurement, from: to - lengthMs, to: to + stepMs, step: stepMs };
    const group = spec.groupBy === undefined ? {} : { groupBy: spec.groupBy.join(',') };
    try {
      const answers = await Promise.all(
        spec.fields.map((field) => api.series({ ...query, field, ...group }, mine.signal)),
      );
      for (const [index, field] of spec.fields.entries()) set.load(field, answers[index] ?? [], to);
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = toProblem(error);
    }
    loading.value = false;
    show();
  }

  const unsubscribe = live.onTelemetry((event) => {
    const { site, device: id } = device();
    if (event.site !== site || event.device !== id) return;
    const grew = event.points.map((point) => set.push(point)).some(Boolean);
    if (!grew || loading.value) return;
    redraw ??= setTimeout(() => {
      redraw = undefined;
      show();
    }, REDRAW_MS);
  });
  const moving = setInterval(() => {
    if (!document.hidden && !loading.value) show();
  }, MOVE_MS);

  watch([() => device().site, () => device().device, range], () => void load(true), { immediate: true });
  watch(live.reconnects, () => void load(false));
  onScopeDispose(() => {
    unsubscribe();
    request.abort();
    clearInterval(moving);
    clearTimeout(redraw);
  });

  return { lines, span, loading, problem, reload: () => void load(true) };
}
