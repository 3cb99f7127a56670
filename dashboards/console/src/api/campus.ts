import type { Alert as AlertType } from '../../../../contract/alert.ts';
import type { RequestedCommand } from '../../../../contract/command.ts';
import type { Language } from '../../../../contract/language.ts';
import { type ApiClient, queryText } from './client.ts';
import * as schema from './schema.ts';

/** A device's name in the API: ids are unique within a site. */
export interface DeviceKey {
  site: string;
  device: string;
}

export interface SeriesRequest extends DeviceKey {
  measurement: string;
  field: string;
  /** ms since 1970 */
  from: number;
  to: number;
  /** Width of one step, ms. */
  step: number;
  groupBy?: string;
}

/** The gateway counts a year of measurements for it. */
const REPORT_MS = 2 * 60 * 1000;
/** Rows of one page of a list. */
const PAGE = 50;
/** Devices and open alerts are read whole; a site beyond this many has other tools. */
const WHOLE_LIST_PAGES = 20;

/** Every call that the console makes, typed. All throw ApiProblem. */
export class CampusApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  session(): Promise<schema.User> {
    return this.#client.request(schema.User, '/session');
  }

  signIn(username: string, password: string): Promise<schema.User> {
    return this.#client.request(schema.User, '/session', { method: 'POST', body: { username, password } });
  }

  signOut(): Promise<void> {
    return this.#client.send('/session', { method: 'DELETE' });
  }

  about(): Promise<schema.About> {
    return this.#client.request(schema.About, '/about');
  }

  /** All devices, page by page. */
  async devices(): Promise<schema.Device[]> {
    return readAll(async (cursor) => {
      const page = await this.#client.request(schema.DeviceList, '/devices', { query: { cursor } });
      return { rows: page.devices, next: page.next };
    });
  }

  device({ site, device }: DeviceKey): Promise<schema.DeviceDetail> {
    return this.#client.request(schema.DeviceDetail, `/devices/${device}`, { query: { site } });
  }

  /** Has a device carry out a command, at once or when its turn comes. */
  ask({ site, device }: DeviceKey, command: RequestedCommand): Promise<schema.Command> {
    const body = { command };
    return this.#client.request(schema.Command, `/devices/${device}/commands`, {
      method: 'POST',
      query: { site },
      body,
    });
  }

  /** What a device was commanded of one kind, newest first. */
  async commands(
    { site, device }: DeviceKey,
    { command, limit }: { command: RequestedCommand; limit: number },
  ): Promise<schema.Command[]> {
    const query = { site, command, limit };
    return (await this.#client.request(schema.CommandList, `/devices/${device}/commands`, { query })).commands;
  }

  /** Gives a simple device an account. */
  addAccount(device: string): Promise<schema.DeviceAccount> {
    return this.#client.request(schema.DeviceAccount, '/device-accounts', { method: 'POST', body: { device } });
  }

  /** Puts a device out, whatever it shows. */
  revokeDevice(device: string): Promise<void> {
    return this.#client.send(`/device-accounts/${device}`, { method: 'DELETE' });
  }

  /** Makes a token with which a machine joins as this device. */
  addJoinToken(device: string): Promise<schema.JoinToken> {
    return this.#client.request(schema.JoinToken, '/join-tokens', { method: 'POST', body: { device } });
  }

  /** Devices that wait to be let in, and what a device needs to ask. */
  joinRequests(): Promise<schema.JoinRequestList> {
    return this.#client.request(schema.JoinRequestList, '/join-requests');
  }

  /** Lets a device in under a name. */
  approveJoinRequest(id: string, device: string): Promise<void> {
    return this.#client.send(`/join-requests/${id}/approve`, { method: 'POST', body: { device } });
  }

  /** Turns a device away. */
  rejectJoinRequest(id: string): Promise<void> {
    return this.#client.send(`/join-requests/${id}/reject`, { method: 'POST' });
  }

  /** The fingerprint of the site's certificate authority, base64url. */
  async caFingerprint(): Promise<string> {
    return (await this.#client.request(schema.Authority, '/ca')).fingerprint;
  }

  async latest(query: { measurement?: string; device?: string; site?: string } = {}): Promise<schema.Point[]> {
    return (await this.#client.request(schema.PointList, '/latest', { query })).points;
  }

  async series({ groupBy, ...query }: SeriesRequest, signal?: AbortSignal): Promise<schema.Series[]> {
    const options = { query: { ...query, aggregate: 'mean', group_by: groupBy }, ...(signal ? { signal } : {}) };
    return (await this.#client.request(schema.SeriesList, '/series', options)).series;
  }

  async openAlerts(): Promise<AlertType[]> {
    return readAll(async (cursor) => {
      const page = await this.alerts({ state: 'open', cursor });
      return { rows: page.alerts, next: page.next };
    });
  }

  alerts(query: {
    state?: 'open' | 'cleared';
    site?: string | undefined;
    device?: string | undefined;
    cursor?: string | undefined;
  }): Promise<schema.AlertList> {
    return this.#client.request(schema.AlertList, '/alerts', { query: { ...query, limit: PAGE } });
  }

  /** Acknowledges or closes an alert; an empty note is none. */
  actOnAlert(id: string, action: 'acknowledge' | 'close', note: string): Promise<AlertType> {
    const body = note === '' ? {} : { note };
    return this.#client.request(schema.Alert, `/alerts/${id}/${action}`, { method: 'POST', body });
  }

  /** Tells who took an alert up or closed it; the reason stands in the audit log. */
  revealAlert(id: string, reason: string): Promise<schema.AlertNames> {
    return this.#client.request(schema.AlertNames, `/alerts/${id}/reveal`, { method: 'POST', body: { reason } });
  }

  /** Tells the names in a row of the audit log; the reason stands in the log. */
  revealAuditRow(id: number | string, reason: string): Promise<schema.RowNames> {
    return this.#client.request(schema.RowNames, `/audit/${id}/reveal`, { method: 'POST', body: { reason } });
  }

  rejects(
    query: { site?: string | undefined; device?: string | undefined; cursor?: string | undefined } = {},
  ): Promise<schema.RejectList> {
    return this.#client.request(schema.RejectList, '/rejects', { query: { ...query, limit: PAGE } });
  }

  audit(query: { cursor?: string | undefined } = {}): Promise<schema.AuditList> {
    return this.#client.request(schema.AuditList, '/audit', { query: { ...query, limit: PAGE } });
  }

  /** What is kept about people, as a page, which somebody files or prints. */
  async privacyReport(language: Language): Promise<{ page: Blob; name: string }> {
    const query = queryText({ format: 'html', lang: language });
    const answer = await this.#client.open(`/privacy/report${query}`, {}, REPORT_MS);
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
    return { page: await answer.blob(), name: name ?? 'campus-edge-privacy.html' };
  }

  /** Programs that may use the API, but for those that the command line uses for a moment. */
  async tokens(): Promise<schema.Token[]> {
    const { tokens } = await this.#client.request(schema.TokenList, '/tokens');
    return tokens.filter((token) => !token.stands_in);
  }

  revokeToken(id: string): Promise<void> {
    return this.#client.send(`/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  async bans(): Promise<schema.Ban[]> {
    return (await this.#client.request(schema.BanList, '/bans')).bans;
  }

  liftBan({ kind, subject }: Pick<schema.Ban, 'kind' | 'subject'>): Promise<void> {
    return this.#client.send(`/bans/${kind}/${encodeURIComponent(subject)}`, { method: 'DELETE' });
  }

  /** The stream of events (SSE), its body unread. */
  stream(signal: AbortSignal): Promise<Response> {
    return this.#client.open('/stream', { signal });
  }
}

type PageReader<Row> = (cursor: string | undefined) => Promise<{ rows: Row[]; next?: string | null | undefined }>;

async function readAll<Row>(read: PageReader<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < WHOLE_LIST_PAGES; page += 1) {
    const { rows: more, next } = await read(cursor);
    rows.push(...more);
    if (next === undefined || next === null) break;
    cursor = next;
  }
  return rows;
}
