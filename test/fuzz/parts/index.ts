import type { Part } from '../part.ts';
import { halfOpen, openConnections, slowLoris } from './connections.ts';
import { logIns, retained, subscriptions } from './floods.ts';
import { packets } from './packets.ts';
import { payloads } from './payloads.ts';
import { requests } from './requests.ts';

/** Every kind of attack, in the order in which they are tried. */
export const parts: readonly Part[] = [
  payloads,
  packets,
  requests,
  slowLoris,
  halfOpen,
  openConnections,
  logIns,
  retained,
  subscriptions,
];
