import type { DeviceKey } from '../api/campus.ts';
import { type ChartSeries, useSeries, type WindowName } from '../charts/use-series.ts';

/** CPU time by mode, from the bottom of the stack upwards. */
export const cpuModes = [
  'cpu_user_percent',
  'cpu_system_percent',
  'cpu_iowait_percent',
  'cpu_nice_percent',
  'cpu_irq_percent',
  'cpu_softirq_percent',
  'cpu_steal_percent',
] as const;

/** The history of one device that its tiles and charts share, so that each is asked for once. */
export interface DeviceSeries {
  network: ChartSeries;
  cpu: ChartSeries;
  memory: ChartSeries;
  temperature: ChartSeries;
  ipv6: ChartSeries;
}

export function useDeviceSeries(device: () => DeviceKey, range: () => WindowName): DeviceSeries {
  return {
    network: useSeries(
      { measurement: 'network', fields: ['rx_bits_per_second', 'tx_bits_per_second'], groupBy: ['interface'] },
      device,
      range,
    ),
    cpu: useSeries({ measurement: 'system', fields: cpuModes }, device, range),
    memory: useSeries({ measurement: 'system', fields: ['memory_used_percent', 'swap_used_percent'] }, device, range),
    temperature: useSeries({ measurement: 'system', fields: ['temperature_celsius'] }, device, range),
    ipv6: useSeries({ measurement: 'ipv6', fields: ['traffic_share_interval_percent'] }, device, range),
  };
}
