import type { Host } from '../../host/host.ts';
import { parseFailure } from '../../parse-failure.ts';

/** One sensor with the names its driver gives it. */
export interface Sensor {
  name: string;
  celsius: number;
}

/** Beyond these a sensor is not there, asleep or broken: an ACPI zone without a sensor says −44 or −273 °C. */
const PLAUSIBLE_CELSIUS = { min: -40, max: 150 };

/** The processor under the names of its drivers: cpu-thermal, cpu_thermal, bcm2835_thermal, soc-thermal, x86_pkg_temp, coretemp Package, k10temp. */
const processor = /cpu|soc|pkg|package|bcm2\d{3}|coretemp|k10temp|zenpower/i;
/** Sensors of parts that do not stand for the box. */
const part = /wifi|wlan|iwl|ath\d|mt7|nvme|drive|bat|charger|gpu|power|phy/i;

/**
 * Parses a temperature of sysfs (Documentation/driver-api/thermal/sysfs-api.rst, Documentation/hwmon/sysfs-interface.rst): millidegrees Celsius.
 *
 *     49925
 *
 * @returns °C, or undefined when no sensor can mean it
 * @throws CampusError `parse_failed`
 */
export function parseMillidegrees(text: string, source: string): number | undefined {
  const match = /^(-?\d+)\s*$/.exec(text);
  if (match === null) throw parseFailure({ source, line: 1 }, 'millidegrees Celsius as an integer', text.trimEnd());
  const celsius = Number(match[1]) / 1000;
  return celsius < PLAUSIBLE_CELSIUS.min || celsius > PLAUSIBLE_CELSIUS.max ? undefined : celsius;
}

/** The temperature that stands for the machine: the warmest of the processor's sensors, else the first that is not a part's. */
export function chooseTemperature(sensors: readonly Sensor[]): number | undefined {
  const ofProcessor = sensors.filter(({ name }) => processor.test(name));
  if (ofProcessor.length > 0) return Math.max(...ofProcessor.map(({ celsius }) => celsius));
  return sensors.find(({ name }) => !part.test(name))?.celsius;
}

/** Reads the thermal zones, and the hwmon chips for machines without zones. */
export async function readTemperature(host: Host): Promise<number | undefined> {
  return chooseTemperature(await readZones(host)) ?? chooseTemperature(await readHwmon(host));
}

async function readZones(host: Host): Promise<Sensor[]> {
  const directory = '/sys/class/thermal';
  const names = (await host.readDir(directory)) ?? [];
  const zones = names.filter((name) => /^thermal_zone\d+$/.test(name));
  return readSensors(
    host,
    zones.map((zone) => ({ names: [`${directory}/${zone}/type`], input: `${directory}/${zone}/temp` })),
  );
}

async function readHwmon(host: Host): Promise<Sensor[]> {
  const directory = '/sys/class/hwmon';
  const inputs: { names: string[]; input: string }[] = [];
  for (const chip of (await host.readDir(directory)) ?? []) {
    for (const file of (await host.readDir(`${directory}/${chip}`)) ?? []) {
      const sensor = /^(temp\d+)_input$/.exec(file)?.[1];
      if (sensor === undefined) continue;
      const path = `${directory}/${chip}`;
      inputs.push({ names: [`${path}/name`, `${path}/${sensor}_label`], input: `${path}/${file}` });
    }
  }
  return readSensors(host, inputs);
}

async function readSensors(host: Host, inputs: readonly { names: string[]; input: string }[]): Promise<Sensor[]> {
  const sensors: Sensor[] = [];
  for (const { names, input } of inputs) {
    const text = await host.readFile(input);
    const celsius = text === undefined ? undefined : parseMillidegrees(text, input);
    if (celsius === undefined) continue;
    const parts = await Promise.all(names.map((path) => host.readFile(path)));
    sensors.push({ name: parts.map((name) => name?.trim() ?? '').join(' '), celsius });
  }
  return sensors;
}
