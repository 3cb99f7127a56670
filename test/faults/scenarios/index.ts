import type { Scenario } from '../scenario.ts';
import { agentKilled } from './agent-killed.ts';
import { diskFull, diskFullCheckpoint } from './disk-full.ts';
import { diskStalls } from './disk-stalls.ts';
import { flowsKilled } from './flows-killed.ts';
import { frozenSubscriber, unreadPubacks } from './frozen-clients.ts';
import { clockSteps, clockUnset } from './gateway-clock.ts';
import { gatewayKilled } from './gateway-killed.ts';
import { overload } from './overload.ts';
import { spoolBound } from './spool-bound.ts';
import { spoolScribbled, spoolScribbledInUse, spoolTruncated } from './spool-damaged.ts';
import { influxdDiskFull, victoriaMetricsDiskFull } from './store-disk-full.ts';
import { storeDown } from './store-down.ts';
import {
  influxdKilled,
  influxdMirrorKilled,
  victoriaMetricsKilled,
  victoriaMetricsMirrorKilled,
} from './store-killed.ts';

/** Every fault that is tried, in the order in which it is. */
export const scenarios: readonly Scenario[] = [
  gatewayKilled,
  agentKilled,
  flowsKilled,
  influxdKilled,
  influxdMirrorKilled,
  victoriaMetricsKilled,
  victoriaMetricsMirrorKilled,
  storeDown,
  influxdDiskFull,
  victoriaMetricsDiskFull,
  spoolBound,
  diskFull,
  diskFullCheckpoint,
  diskStalls,
  spoolTruncated,
  spoolScribbled,
  spoolScribbledInUse,
  clockSteps,
  clockUnset,
  overload,
  frozenSubscriber,
  unreadPubacks,
];
