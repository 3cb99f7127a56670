import type { Alert, AlertRequest } from '../../contract/alert.ts';
import type { Moment } from './moment.ts';

/** What a rule is about at present, for the node's status. */
export interface RuleSummary {
  enabled: boolean;
  /** Subjects known, and those with an open alert. */
  watched: number;
  open: number;
}

/** What every rule takes beside its own input. What it returns is to be sent to the gateway, in this order. */
export interface Rule {
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
