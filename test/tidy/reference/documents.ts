import { accessReference } from './access.ts';
import { alertsReference } from './alerts.ts';
import { apiReference } from './api.ts';
import { baselineReference } from './baseline.ts';
import { cellularReference } from './cellular.ts';
import { cliReference } from './cli.ts';
import { checkReference, collectorPage } from './collector-page.ts';
import { configurationReference } from './configuration.ts';
import { errorsReference } from './errors.ts';
import { faultsReference } from './faults.ts';
import { ipv6Reference } from './ipv6.ts';
import { collectorReference, measurementsReference } from './measurements.ts';
import { privacyReference } from './privacy.ts';
import { securityReference } from './security.ts';
import { throughputReference } from './throughput.ts';
import { topicsReference } from './topics.ts';

/** The documents that have a part made from the code. */
export const documents: readonly { path: string; reference: () => string | Promise<string> }[] = [
  { path: 'docs/access.md', reference: accessReference },
  { path: 'docs/alerts.md', reference: alertsReference },
  { path: 'docs/api.md', reference: apiReference },
  { path: 'docs/baseline.md', reference: baselineReference },
  { path: 'docs/cli.md', reference: cliReference },
  { path: 'docs/check.md', reference: checkReference },
  { path: 'docs/collectors/ipv6.md', reference: ipv6Reference },
  { path: 'docs/collectors/lease.md', reference: () => collectorPage('lease') },
  { path: 'docs/collectors/path.md', reference: () => collectorPage('path') },
  { path: 'docs/collectors/resolver.md', reference: () => collectorPage('resolver') },
  { path: 'docs/collectors/throughput.md', reference: throughputReference },
  { path: 'docs/collectors/wifi.md', reference: () => collectorReference('wifi', 'wifi_client') },
  { path: 'docs/collectors/cellular.md', reference: cellularReference },
  { path: 'docs/configuration.md', reference: configurationReference },
  { path: 'docs/errors.md', reference: errorsReference },
  { path: 'docs/faults.md', reference: faultsReference },
  { path: 'docs/measurements.md', reference: measurementsReference },
  { path: 'docs/privacy.md', reference: privacyReference },
  { path: 'docs/security.md', reference: securityReference },
  { path: 'docs/topics.md', reference: topicsReference },
];

const BEGIN = '<!-- Made from the code by `npm run docs`: do not edit below. -->';
const END = '<!-- Made from the code by `npm run docs`: do not edit above. -->';

/** A document with its reference part replaced. @throws Error when the document does not mark one */
export function withReference(document: string, reference: string): string {
  return withMadePart(document, reference, [BEGIN, END]);
}

/**
 * A document with the part between two lines replaced.
 * @throws Error when the document does not have them
 */
export function withMadePart(document: string, part: string, [first, last]: readonly [string, string]): string {
  const begin = document.indexOf(first);
  const end = document.indexOf(last);
  if (begin < 0 || end < begin) throw new Error(`expected the lines "${first}" and "${last}", in this order`);
  return `${document.slice(0, begin)}${first}\n\n${part}\n\n${document.slice(end)}`;
}
