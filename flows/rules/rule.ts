import type { Alert, AlertRequest } from '../../contract/alert.ts';
import type { DeviceState } from '../../contract/state.ts';
import type { Moment } from './moment.ts';
import type { Heard } from './watch.ts';

/** What a rule is about at present, for the node's status. */
export interface RuleSummary {
  enabled: boolean;
  /** Subjects known, and those with an open alert. */
  watched: number;
  open: number;
}

/** What every rule takes beside its own input. What it returns is to be sent to the gateway, in this order. */
export interface Rule {
  /** Telemetry of a device has come. */
  telemetry(device: string, telemetry: Heard, now: Moment): AlertRequest[];
  /** A device, its will or the broker's memory says whether it is online. */
  state(device: string, state: DeviceState, now: Moment): AlertRequest[];
  /** A device was heard, whatever it said; for a rule that wants to know no more. */
  heard?(device: string, replayed: boolean, now: Moment): AlertRequest[];
  /** The gateway has this alert of the rule open: raised by this run or an earlier one. */
  opened(alert: Alert, now: Moment): AlertRequest[];
  /** The gateway has this alert of the rule open no longer. */
  gone(alert: Alert, now: Moment): AlertRequest[];
  /** A person has closed this alert of the rule: what it is about counts as normal from here. */
  closed(alert: Alert, now: Moment): AlertRequest[];
  /** Lets time go by; to be called every second while the gateway is connected. */
  tick(now: Moment): AlertRequest[];
  /** The gateway has removed this device: it is as if the rule had never heard of it. */
  forget(device: string): void;
  /** The gateway is connected again after an absence, in which nothing could be heard. */
  resumed?(now: Moment): void;
  summary(): RuleSummary;
}
