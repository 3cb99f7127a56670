import { onScopeDispose, watch } from 'vue';
import type { Alert } from '../../../../contract/alert.ts';
import { useApi } from '../api/use-api.ts';
import { type Pages, usePages } from '../api/use-pages.ts';
import { useLive } from '../live/live.ts';
import { type AlertFilter, isWanted, withCleared } from './alert-order.ts';

/** Alerts that are over, newest first, page by page; one that ends meanwhile is added by the stream. */
export function useClearedAlerts(only: () => AlertFilter): Pages<Alert> {
  const api = useApi();
  const live = useLive();
  const pages = usePages<Alert>(async (cursor) => {
    const page = await api.alerts({ ...only(), state: 'cleared', cursor });
    return { rows: page.alerts, next: page.next };
  });
  const unsubscribe = live.onAlert((alert) => {
    if (alert.state === 'cleared' && isWanted(alert, only())) pages.rows.value = withCleared(pages.rows.value, alert);
  });
  onScopeDispose(unsubscribe);
  watch([() => only().site, () => only().device, live.reconnects], pages.reload, { immediate: true });
  return pages;
}
