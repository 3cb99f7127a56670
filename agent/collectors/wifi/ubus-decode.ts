import type { TSchema } from '#typebox';
import type { Validator } from '#typebox/compile';
import { checkShape, isRejection } from '../../../contract/payload.ts';
import type { Heard } from './facts.ts';
import {
  clientOfNeighbour,
  clientsOfHostapd,
  interfaceOfInfo,
  interfacesOfWireless,
  parseJson,
  surveyOfResult,
} from './ubus.ts';
import {
  bareClientsShape,
  clientsShape,
  infoShape,
  neighboursShape,
  surveyShape,
  wirelessShape,
} from './ubus-shapes.ts';
import type { NotUnderstood } from './wifi-text.ts';

/**
 * Takes an answer of ubus, whose kind shows in its shape alone. Whose neighbours they are it does not say: they are the interface's that was
 * described last.
 * @throws CampusError `parse_failed` for what is no JSON
 */
export function hearUbus(text: string, { heard, note }: { heard: Heard; note: NotUnderstood }): void {
  const json = parseJson(text, 'ubus');
  const last = heard.interfaces.at(-1);
  const name = last?.name;
  const mhz = last?.channel?.frequencyMhz;
  const tried = [
    take(infoShape, (info) => heard.interfaces.push(interfaceOfInfo(info, undefined))),
    take(neighboursShape, ({ results }) =>
      heard.stations.push(...results.map((neighbour) => ({ ...clientOfNeighbour(neighbour), interface: name }))),
    ),
    take(surveyShape, ({ results }) =>
      heard.surveys.push(...results.map((result) => surveyOfResult(result, name, mhz))),
    ),
    take(clientsShape, ({ freq, clients }) =>
      heard.clients.push(...clientsOfHostapd(clients, freq).map((client) => ({ ...client, interface: name }))),
    ),
    take(wirelessShape, (status) => heard.interfaces.push(...interfacesOfWireless(status))),
    take(bareClientsShape, (clients) =>
      heard.clients.push(...clientsOfHostapd(clients, mhz).map((client) => ({ ...client, interface: name }))),
    ),
  ];
  if (!tried.some((attempt) => attempt(json))) note(`${text.slice(0, 80)}${text.length > 80 ? '…' : ''}`);
}

/** Takes a value of one shape: true when it was of that. */
function take<S extends TSchema>(
  shape: Validator<Record<string, never>, S>,
  taken: (value: ReturnType<typeof shape.Parse>) => void,
): (json: unknown) => boolean {
  return (json) => {
    const checked = checkShape(json, shape);
    if (isRejection(checked)) return false;
    taken(checked.value);
    return true;
  };
}
