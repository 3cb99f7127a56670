import {
  identificationCommands,
  rareCommands,
  sampleCommands,
  settingCommands,
  type Vendor,
} from '../../../agent/collectors/cellular/plan.ts';
import { cellular, cellularCarrier } from '../../../contract/measurements/cellular.ts';
import { markdownTable } from './markdown.ts';
import { describeMeasurement } from './measurements.ts';

const vendors: Readonly<Record<Vendor, string>> = {
  quectel: 'Quectel',
  fibocom: 'Fibocom',
  huawei: 'Huawei, TD Tech',
  other: 'all others',
};

/** The commands that a modem gets, by its maker, and what is reported. */
export function cellularReference(): string {
  const list = (commands: readonly string[]): string => commands.map((command) => `\`${command}\``).join(' ');
  const rows = (Object.keys(vendors) as Vendor[]).map((vendor) => [
    vendors[vendor],
    list(sampleCommands(vendor)),
    list(rareCommands(vendor)),
  ]);
  return [
    '## Commands',
    `Once for each time that a modem is plugged in: ${list([...settingCommands, ...identificationCommands])}. Before each sample: \`ATE0V1\` \`AT+CMEE?\`.`,
    markdownTable(['modem', 'each sample', 'every five minutes'], rows),
    describeMeasurement(cellular),
    describeMeasurement(cellularCarrier),
  ].join('\n\n');
}
