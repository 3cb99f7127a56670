import { type InjectionKey, inject, type Ref, type ShallowRef, shallowRef, triggerRef } from 'vue';
import type { Static, TSchema } from '#typebox';
import { Check } from '#typebox/value';
import type { CampusApi } from '../api/campus.ts';
import { type ApiProblem, toProblem } from '../api/problem.ts';
import { Alert, Command, Device, type Point, TelemetryEvent } from '../api/schema.ts';
import { LiveConnection, type LiveState } from './connection.ts';
import { LatestPoints } from './latest-points.ts';
import type { ServerEvent } from './sse.ts';

type TelemetryListener = (event: TelemetryEvent) => void;

/** What every page shares: devices, open alerts and newest values, read once and then kept current by the stream. */
export interface Live {
  readonly state: Readonly<Ref<LiveState>>;
  /** Counts reconnects: whoever loaded history loads it again when this changes. */
  readonly reconnects: Readonly<Ref<number>>;
  /** By `site/id`. */
  readonly devices: Readonly<ShallowRef<ReadonlyMap<string, Device>>>;
  readonly openAlerts: Readonly<ShallowRef<ReadonlyMap<string, Alert>>>;
  readonly latest: Readonly<ShallowRef<LatestPoints>>;
  readonly loaded: Readonly<Ref<boolean>>;
  readonly problem: Readonly<Ref<ApiProblem | undefined>>;
  start(): void;
  stop(): void;
  refresh(): Promise<void>;
  /** Takes an alert that the API just answered with, before the stream brings it. */
  takeAlert(alert: Alert): void;
  /** Calls back for each report of a device; returns how to end that. */
  onTelemetry(listener: TelemetryListener): () => void;
  /** Calls back when the list of devices that wait to be let in has changed; returns how to end that. */
  onJoinRequests(listener: () => void): () => void;
  /** Calls back for each change of a command; returns how to end that. */
  onCommand(listener: (command: Command) => void): () => void;
  /** Calls back for each alert that is raised, changed or cleared; returns how to end that. */
  onAlert(listener: (alert: Alert) => void): () => void;
}

export const liveKey: InjectionKey<Live> = Symbol('live');

/** The shared live data, inside a component. */
export function useLive(): Live {
  const live = inject(liveKey);
  if (live === undefined) throw new Error('useLive: expected to run below the application that provides it');
  return live;
}

/** Values may change many times a second on a large site; the page is redrawn at most this often. */
const FLUSH_MS = 400;

export function createLive(api: CampusApi): Live {
  const state = shallowRef<LiveState>('stopped');
  const reconnects = shallowRef(0);
  const devices = shallowRef(new Map<string, Device>());
  const openAlerts = shallowRef(new Map<string, Alert>());
  const latest = shallowRef(new LatestPoints());
  const loaded = shallowRef(false);
  const problem = shallowRef<ApiProblem>();
  const telemetryListeners = new Set<TelemetryListener>();
  const alertListeners = new Set<(alert: Alert) => void>();
  const commandListeners = new Set<(command: Command) => void>();
  const joinRequestListeners = new Set<() => void>();
  let connection: LiveConnection | undefined;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    if (flushTimer !== undefined) return;
    flushTimer = setTimeout(() => {
      flushTimer = undefined;
      triggerRef(latest);
      triggerRef(devices);
    }, FLUSH_MS);
  }

  function takeAlert(alert: Alert): void {
    const known = openAlerts.value.get(alert.id);
    if (known !== undefined && known.updated_at > alert.updated_at) return;
    if (alert.state === 'open') openAlerts.value.set(alert.id, alert);
    else openAlerts.value.delete(alert.id);
    triggerRef(openAlerts);
    for (const listener of alertListeners) listener(alert);
  }

  function takeTelemetry(event: TelemetryEvent): void {
    const { site, device } = event;
    latest.value.merge(event.points.map((point): Point => ({ ...point, site, device })));
    const known = devices.value.get(`${site}/${device}`);
    const lastSeen = Math.max(known?.last_seen ?? 0, ...event.points.map((point) => point.time));
    if (known !== undefined) devices.value.set(`${site}/${device}`, { ...known, last_seen: lastSeen });
    for (const listener of telemetryListeners) listener(event);
    flush();
  }

  function takeDevice(device: Device): void {
    devices.value.set(deviceKey(device), device);
    flush();
  }

  function takeEvent(event: ServerEvent): void {
    if (event.type === 'telemetry') decode(TelemetryEvent, event.data, takeTelemetry);
    if (event.type === 'alert') decode(Alert, event.data, takeAlert);
    if (event.type === 'device') decode(Device, event.data, takeDevice);
    if (event.type === 'command') decode(Command, event.data, (command) => tellAll(commandListeners, command));
    // It says no more than that: who may see the list reads it.
    if (event.type === 'join-requests') for (const listener of joinRequestListeners) listener();
  }

  async function refresh(): Promise<void> {
    try {
      const [deviceList, alertList, points] = await Promise.all([api.devices(), api.openAlerts(), api.latest()]);
      devices.value = new Map(deviceList.map((device) => [deviceKey(device), device]));
      openAlerts.value = new Map(alertList.map((alert) => [alert.id, alert]));
      latest.value.merge(points);
      triggerRef(latest);
      problem.value = undefined;
      loaded.value = true;
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  function takeState(next: LiveState): void {
    const back = next === 'live' && state.value === 'reconnecting';
    state.value = next;
    // Lists are read once the stream stands, so that no change falls between the two; an outage at the start shows its reason.
    if (next === 'live' || (next === 'reconnecting' && !loaded.value)) void refresh();
    if (back) reconnects.value += 1;
  }

  function start(): void {
    if (connection !== undefined) return;
    const mine = new LiveConnection({
      open: (signal) => api.stream(signal),
      onEvent: takeEvent,
      // A connection that was replaced ends a moment later and has nothing to say any more.
      onState: (next) => connection === mine && takeState(next),
      isFinal: (error) => ['not_authenticated', 'forbidden'].includes(toProblem(error).code),
      random: Math.random,
    });
    connection = mine;
    void mine.run();
  }

  function stop(): void {
    connection?.stop();
    connection = undefined;
    state.value = 'stopped';
    devices.value = new Map();
    openAlerts.value = new Map();
    latest.value = new LatestPoints();
    loaded.value = false;
    problem.value = undefined;
  }

  const wake = (): void => {
    if (!document.hidden) connection?.nudge(Date.now());
  };
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);

  return {
    ...{ state, reconnects, devices, openAlerts, latest, loaded, problem, start, stop, refresh, takeAlert },
    onTelemetry: (listener) => subscribe(telemetryListeners, listener),
    onAlert: (listener) => subscribe(alertListeners, listener),
    onCommand: (listener) => subscribe(commandListeners, listener),
    onJoinRequests: (listener) => subscribe(joinRequestListeners, listener),
  };
}

/** The key of a device in `Live.devices`. */
export function deviceKey({ site, id }: { site: string; id: string }): string {
  return `${site}/${id}`;
}

function tellAll<Value>(listeners: ReadonlySet<(value: Value) => void>, value: Value): void {
  for (const listener of listeners) listener(value);
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** An event of an unknown shape comes from a newer gateway: it is passed over, once more on the console. */
function decode<S extends TSchema>(schema: S, data: string, take: (value: Static<S>) => void): void {
  const value: unknown = JSON.parse(data);
  if (Check(schema, value)) take(value);
  else console.warn('campus-edge: an event of the stream has an unknown shape');
}
