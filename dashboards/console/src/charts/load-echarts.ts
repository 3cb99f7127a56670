import { lazyPart, reloadAt } from '../parts/lazy-part.ts';
import { PartLost } from '../parts/load-part.ts';

const echarts = lazyPart(() => import('./echarts.ts'));

/** ECharts, for all charts together; undefined when the window has to be loaded anew, which is under way. */
export async function loadEcharts(): Promise<typeof import('./echarts.ts') | undefined> {
  try {
    return await echarts();
  } catch (error) {
    if (!(error instanceof PartLost)) throw error;
    reloadAt(window.location.pathname + window.location.search);
    return undefined;
  }
}
