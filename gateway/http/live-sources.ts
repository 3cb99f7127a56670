import { maskAlert } from '../privacy/masked-names.ts';
import type { HttpDeps } from './deps.ts';
import { deviceView } from './device-view.ts';

/** Publishes every change of a device or an alert to the live feed. Returns how to stop that. */
export function connectLiveSources({
  registry,
  alerts,
  live,
}: Pick<HttpDeps, 'registry' | 'alerts' | 'live'>): () => void {
  const publishDevice = (site: string, id: string): void => {
    const device = registry.devices.get(site, id);
    if (device === undefined) return;
    live.publish({ type: 'device', device: deviceView(device, registry.credentials.revokedDevices(), alerts) });
  };
  const stops = [
    registry.devices.onChange(({ site, device }) => {
      if (live.hasListeners) publishDevice(site, device);
    }),
    alerts.onChange((alert) => {
      if (!live.hasListeners) return;
      live.publish({ type: 'alert', alert: maskAlert(alert) });
      // The device's number of open alerts may have changed.
      publishDevice(alert.site, alert.device);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
