import { onTestFinished } from 'vitest';
import { VictoriaMetricsStore } from '../../../gateway/store/victoriametrics/victoriametrics-store.ts';
import { VictoriaMetrics } from '../../support/victoria-metrics.ts';
import { storeConformance } from './conformance/conformance.ts';

const needs = { holdDays: 365 };
const clocks = { now: Date.now, elapsed: () => performance.now() };

/** The server of the present test: each has one of its own, for nothing else empties it. */
let server: VictoriaMetrics;

async function fresh(): Promise<VictoriaMetricsStore> {
  server = await VictoriaMetrics.start();
  onTestFinished(() => server.remove());
  const store = new VictoriaMetricsStore({ url: server.url, selectUrl: server.url }, needs, clocks);
  await store.check();
  return store;
}

storeConformance({
  name: 'VictoriaMetrics',
  open: fresh,
  settle: () => server.settle(),
  holds: ['number', 'boolean'],
  deletes: false,
});
