import { maskAlert } from '../privacy/masked-names.ts';
import { commandView } from './command-view.ts';
import type { HttpDeps } from './deps.ts';
import { deviceView } from './device-view.ts';

/** Tells whoever looks how a device is now; nothing of one that has never reported. */
export function publishDevice(
  { registry, alerts, live }: Pick<HttpDeps, 'registry' | 'alerts' | 'live'>,
  { site, id }: { site: string; id: string },
): void {
  const device = live.hasListeners ? registry.devices.get(site, id) : undefined;
  if (device === undefined) return;
  live.publish({ type: 'device', device: deviceView(device, registry.credentials.revokedDevices(), alerts) });
}

/** Publishes every change of a device, an alert, a command or the list of those that wait to be let in to the live feed. Returns how to stop that. */
export function connectLiveSources({
  registry,
  alerts,
  approvals,
  commands,
  live,
}: Pick<HttpDeps, 'registry' | 'alerts' | 'approvals' | 'commands' | 'live'>): () => void {
  const deps = { registry, alerts, live };
  const stops = [
    registry.devices.onChange(({ site, device }) => publishDevice(deps, { site, id: device })),
    alerts.onChange((alert) => {
      if (!live.hasListeners) return;
      live.publish({ type: 'alert', alert: maskAlert(alert) });
      // The device's number of open alerts may have changed.
      publishDevice(deps, { site: alert.site, id: alert.device });
    }),
    commands.onChange((command) => live.publish({ type: 'command', command: commandView(command) })),
    approvals.onChange(() => live.publish({ type: 'join-requests' })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
