import type { Alert } from '../contract/alert.ts';
import type { DeviceState } from '../contract/state.ts';
import { alertTopic, channelTopic } from '../contract/topics.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { Broker } from './broker/broker.ts';
import { maskAlert } from './privacy/masked-names.ts';
import type { DeviceKey } from './registry/devices.ts';
import type { Registry } from './registry/registry.ts';

/** Devices listed in one step when their states are published again. */
const PAGE = 500;

/**
 * The retained messages of the broker, which Aedes keeps in memory: the registry knows them all, so a gateway that was killed
 * puts them back before it lets anybody in.
 */
export class Retained {
  readonly #broker: Broker;
  readonly #registry: Pick<Registry, 'devices' | 'inventories'>;
  readonly #alerts: Alerts;

  constructor(options: { broker: Broker; registry: Pick<Registry, 'devices' | 'inventories'>; alerts: Alerts }) {
    this.#broker = options.broker;
    this.#registry = options.registry;
    this.#alerts = options.alerts;
  }

  /** Publishes every device's state and inventory and every open alert. */
  restore(): void {
    let after: { site: string; device: string } | undefined;
    while (true) {
      const page = this.#registry.devices.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const { site, device, state } of page) {
        if (state !== undefined) this.#state(site, device, state);
        const inventory = this.#registry.inventories.get(site, device);
        if (inventory !== undefined) this.#retain(channelTopic(site, device, 'inventory'), inventory);
      }
      after = page.at(-1);
      if (page.length < PAGE) break;
    }
    for (const alert of this.#alerts.open()) this.alert(alert);
  }

  /** Publishes an alert: retained while it is open; when it is cleared, once more for those who listen, and then no longer retained. Rules need no names. */
  alert(whole: Alert): void {
    const alert = maskAlert(whole);
    const topic = alertTopic(alert.site, alert.id);
    if (alert.state === 'open') {
      this.#retain(topic, alert);
    } else {
      this.#broker.publish(topic, JSON.stringify(alert), { qos: 1, retain: false });
      this.#broker.publish(topic, '', { qos: 1, retain: true });
    }
  }

  /**
   * Declares offline the devices that were online when the last gateway ended and have not come back: their will died with it.
   * To be called when every living device has had the time to reconnect.
   */
  declareLost(now: number): void {
    for (const key of this.#registry.devices.unconfirmed()) this.declareOffline(key, now);
  }

  /** Publishes, in place of a will that was lost or withheld, that a device which says it is online is not. */
  declareOffline({ site, device }: DeviceKey, now: number): void {
    const state = this.#registry.devices.get(site, device)?.state;
    if (state?.online !== true) return;
    this.setState({ site, device }, { ...state, online: false, since: now }, now);
  }

  /** Takes back what is retained about a device and its alerts. */
  forget({ site, device }: DeviceKey): void {
    for (const channel of ['state', 'inventory'] as const) {
      this.#broker.publish(channelTopic(site, device, channel), '', { qos: 1, retain: true });
    }
  }

  /** Takes back an open alert that is gone. */
  forgetAlert({ site, id }: Pick<Alert, 'site' | 'id'>): void {
    this.#broker.publish(alertTopic(site, id), '', { qos: 1, retain: true });
  }

  /** Notes and publishes a state in a device's place. */
  setState({ site, device }: DeviceKey, state: DeviceState, now: number): void {
    this.#registry.devices.setState(site, device, state, now);
    this.#state(site, device, state);
  }

  #state(site: string, device: string, state: DeviceState): void {
    this.#retain(channelTopic(site, device, 'state'), state);
  }

  #retain(topic: string, value: object): void {
    this.#broker.publish(topic, JSON.stringify(value), { qos: 1, retain: true });
  }
}
