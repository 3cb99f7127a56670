import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { FlowsProcess, flowsHome } from './flows-process.ts';
import { GatewayStandIn } from './gateway-stand-in.ts';

const secret = 'handed-over-by-the-gateway';

async function start(config = '') {
  const gateway = await GatewayStandIn.open();
  const home = flowsHome(temporaryDirectory(), { config });
  mkdirSync(join(home, 'credentials', 'flows'), { recursive: true });
  writeFileSync(join(home, 'credentials', 'flows', 'editor.secret'), `${secret}\n`);
  const flows = await new FlowsProcess(home, gateway.port).ready();
  const base = `127.0.0.1:${flows.editorPort}`;
  const ask = (path: string, options: RequestInit = {}) =>
    fetch(`http://${base}${path}`, { ...options, headers: { 'x-campus-edge-editor': secret, ...options.headers } });
  const deploy = (entries: readonly object[]) =>
    ask('/flows', { method: 'POST', body: JSON.stringify(entries), headers: { 'content-type': 'application/json' } });
  return { base, home, flows, ask, deploy };
}

/** Whether a WebSocket opens. */
function opens(url: string, headers: Record<string, string>): Promise<boolean> {
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve) => {
    socket.addEventListener('open', () => {
      socket.close();
      resolve(true);
    });
    socket.addEventListener('error', () => resolve(false));
  });
}

describe('the editor', () => {
  it('answers the gateway and nobody else on the machine', async () => {
    const { base, ask } = await start();
    expect((await ask('/')).status).toBe(200);
    for (const headers of [{ 'x-campus-edge-editor': 'guess' }, { 'x-campus-edge-editor': '' }]) {
      expect((await ask('/flows', { headers })).status).toBe(403);
    }
    expect((await fetch(`http://${base}/`)).status).toBe(403);
    expect(await opens(`ws://${base}/comms`, { 'x-campus-edge-editor': secret })).toBe(true);
    expect(await opens(`ws://${base}/comms`, {})).toBe(false);
    expect(await opens(`ws://${base}/other`, { 'x-campus-edge-editor': secret })).toBe(false);
  });

  it('deploys the administrator’s own tabs, and leaves the product’s as they ship', async () => {
    const { home, ask, deploy } = await start();
    const before = (await (await ask('/flows')).json()) as { id: string }[];
    const tab = { id: 'mine', type: 'tab', label: 'Mine' };
    const tampered = { id: 'campus-disk-nearly-full', type: 'campus-threshold', z: 'campus-tab', raise: 100 };
    expect((await deploy([tab, tampered])).status).toBe(204);
    const after = (await (await ask('/flows')).json()) as { id: string }[];
    expect(after.filter(({ id }) => id !== 'mine')).toEqual(before);
    expect(JSON.parse(readFileSync(join(home, 'flows', 'flows.json'), 'utf8'))).toEqual([tab]);
  });

  it.each([
    [[{ id: 'x', type: 'comment', z: 'campus-tab' }], 'read_only'],
    [
      [
        { id: 't', type: 'tab' },
        { id: 'x', type: 'function', z: 't', func: 'return msg' },
      ],
      'type_not_available',
    ],
    [
      [
        { id: 't', type: 'tab' },
        { id: 'x', type: 'exec', z: 't' },
      ],
      'type_not_available',
    ],
    [[{ no: 'id' }], 'wrong_shape'],
  ])('refuses %j', async (entries, code) => {
    const { deploy } = await start();
    const answer = await deploy(entries);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, code]);
  });

  it('offers no way around that, nothing to install, and none of this machine’s files', async () => {
    const { ask } = await start();
    const headers = { 'content-type': 'application/json' };
    const change = (method: string, path: string, body: object) =>
      ask(path, { method, headers, body: JSON.stringify(body) });
    expect((await change('POST', '/flow', { label: 'x', nodes: [] })).status).toBe(400);
    expect((await change('PUT', '/flow/campus-tab', { label: 'x', nodes: [] })).status).toBe(400);
    expect((await ask('/flow/campus-tab', { method: 'DELETE' })).status).toBe(400);
    expect((await change('POST', '/nodes', { module: 'node-red-node-smooth' })).status).toBeGreaterThanOrEqual(400);
    expect((await change('POST', '/library/local/flows/x', {})).status).toBeGreaterThanOrEqual(400);
    const settings = (await (await ask('/settings')).json()) as Record<string, unknown>;
    expect(settings).toMatchObject({
      tlsConfigDisableLocalFiles: true,
      externalModules: { palette: { allowInstall: false } },
    });
  });

  it('takes function nodes where the configuration says so', async () => {
    const { deploy } = await start('flows: { editor: { function_nodes: true } }\n');
    expect(
      (
        await deploy([
          { id: 't', type: 'tab' },
          { id: 'x', type: 'function', z: 't', func: 'return msg', wires: [] },
        ])
      ).status,
    ).toBe(204);
  });
});
