import { roleAllows, roles } from '../../../gateway/access/roles.ts';
import { rateClasses } from '../../../gateway/http/rate-limits.ts';
import type { DeclaredRoute } from '../../../gateway/http/route-declaration.ts';
import { type HttpKind, httpClientKinds, type MqttKind, mqttClientKinds, mqttWays } from '../../access/kinds.ts';
import { isAllowed, mqttKinds, topicCases } from '../../access/topic-cases.ts';
import { anonymousMark, declaredRoutes } from './api.ts';
import { markdownTable } from './markdown.ts';

/** Who may use which topic and which route, with what, and how often. */
export async function accessReference(): Promise<string> {
  const routes = (await declaredRoutes()).filter(({ summary }) => summary !== undefined);
  return [
    '## Clients by MQTT',
    'What comes of a CONNECT by each way: the column of the topics below that the client then has, or the error by which it is refused. Where nothing stands there is no such client: in clear nobody shows a certificate. The port of the WebSockets asks for none, so that there it stands for nothing.',
    mqttClientTable(),
    '## Clients by HTTP',
    'In clear and by TLS alike: the column of the routes below that the client has. `nobody` may use what is for anonymous ones, and a program on this machine the metrics besides.',
    httpClientTable(),
    '## Topics',
    '`{device}` and `{site}` are the client’s own. Publishing where a client may not ends its connection; a subscription it may not have is denied. Filters are compared as they stand.',
    topicTable(),
    '## Routes',
    'A `yes` is for people and for tokens of the role that have no scopes, or the one of the route. Every token may use a route of the scope `any`; none that has scopes may use one of the scope `none`.',
    routeTable(routes),
    '## Rates',
    rateTable(),
  ].join('\n\n');
}

function mqttClientTable(): string {
  const kinds: readonly MqttKind[] = mqttClientKinds;
  const rows = kinds.map(({ kind, by }) => [kind, ...mqttWays.map((way) => by[way] ?? '')]);
  return markdownTable(['MQTT client', ...mqttWays], rows);
}

function httpClientTable(): string {
  const kinds: readonly HttpKind[] = httpClientKinds;
  return markdownTable(
    ['HTTP client', 'is', 'scopes'],
    kinds.map(({ kind, is, scopes = [] }) => [kind, is, scopes.join(' ')]),
  );
}

function topicTable(): string {
  const rows = topicCases.map((one) => [
    one.act,
    `\`${one.pattern}\``,
    ...mqttKinds.map(({ principal }) => (isAllowed(principal, one) ? 'yes' : '')),
  ]);
  return markdownTable(['act', 'topic', ...mqttKinds.map(({ kind }) => kind)], rows);
}

function routeTable(routes: readonly DeclaredRoute[]): string {
  const rows = routes.map(({ method, path, role, scope, rate, bodyBytes }) => [
    `\`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}\``,
    anonymousMark(role),
    ...roles.map((name) => (roleAllows(name, role) ? 'yes' : '')),
    scope,
    rate,
    bodyBytes === 0 ? '' : String(bodyBytes),
  ]);
  return markdownTable(['route', 'anonymous', ...roles, 'scope', 'rate', 'bytes of the body'], rows);
}

function rateTable(): string {
  const rows = Object.entries(rateClasses).map(([name, { burst, perSecond, by }]) => [
    name,
    String(burst),
    String(perSecond),
    by === 'identity' ? 'person or token' : 'address',
  ]);
  return markdownTable(['rate', 'at once', 'a second', 'counted by'], rows);
}
