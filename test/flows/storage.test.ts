import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { flowsFiles } from '../../flows/files.ts';
import type { FlowEntry } from '../../flows/flow-file.ts';
import { createStorage, type StorageModule } from '../../flows/storage.ts';
import { openHome } from '../../runtime/home.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const shipped = [
  { id: 'campus-tab', type: 'tab', label: 'campus-edge' },
  { id: 'campus-rule', type: 'campus-threshold', z: 'campus-tab', raise: 90 },
];
const own = [
  { id: 'a1', type: 'tab', label: 'Mine' },
  { id: 'a2', type: 'inject', z: 'a1', wires: [['campus-rule']] },
];

interface Trial {
  storage: StorageModule;
  files: ReturnType<typeof flowsFiles>;
  logged: () => string[];
  registered: string[];
}

async function storageWith({
  entries = shipped,
  known = ['inject', 'campus-threshold'],
}: {
  entries?: FlowEntry[];
  known?: string[];
} = {}): Promise<Trial> {
  const files = flowsFiles(openHome(temporaryDirectory()));
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line).msg) });
  const storage = createStorage({ files, shipped: entries, log });
  const registered: string[] = [];
  const nodes = {
    getType: (type: string) => known.includes(type),
    createNode: () => {},
    registerType: (_set: string, type: string) => registered.push(type),
  };
  await storage.init({}, { nodes });
  return { storage, files, logged: () => lines, registered };
}

describe('the flows', () => {
  it("are the product's alone at first, and nothing is written for it", async () => {
    const { storage, files, logged } = await storageWith();
    expect(await storage.getFlows()).toEqual(shipped);
    expect(readdirSync(join(files.flows, '..'))).toEqual([]);
    expect(logged()).toEqual([]);
  });

  it("are the product's and the administrator's; only the latter are saved, for their owner's eyes", async () => {
    const { storage, files } = await storageWith();
    await storage.saveFlows([...shipped, ...own]);
    expect(JSON.parse(readFileSync(files.flows, 'utf8'))).toEqual(own);
    expect(statSync(files.flows).mode & 0o777).toBe(0o600);
    expect(await storage.getFlows()).toEqual([...shipped, ...own]);
  });

  it('are upgraded with the product, whatever the administrator did to them', async () => {
    const { storage, files } = await storageWith();
    const meddled = shipped.map((entry) => ({ ...entry, raise: 5, disabled: true }));
    await storage.saveFlows([...meddled, ...own, { id: 'campus-forged', type: 'inject' }]);
    const newer = [{ id: 'campus-tab', type: 'tab', label: 'campus-edge 2' }];
    const upgraded = createStorage({ files, shipped: newer, log: pino({ level: 'silent' }) });
    expect(await upgraded.getFlows()).toEqual([...newer, ...own]);
  });

  it('keep what the administrator put on the tab of the product', async () => {
    const { storage } = await storageWith();
    const added = { id: 'a3', type: 'inject', z: 'campus-tab', wires: [] };
    await storage.saveFlows([...shipped, added]);
    expect(await storage.getFlows()).toEqual([...shipped, added]);
  });

  it('leave the version before the last save beside them, and no other file', async () => {
    const { storage, files } = await storageWith();
    await storage.saveFlows(own);
    await storage.saveFlows([]);
    expect(JSON.parse(readFileSync(files.flowsBackup, 'utf8'))).toEqual(own);
    expect(readdirSync(join(files.flows, '..')).toSorted()).toEqual(['flows.backup.json', 'flows.json']);
  });

  it.each(['', '{', '{}', '[1]', '[{"id":1,"type":"tab"}]', '[{"type":"tab"}]'])(
    'of the product run when the file holds %j, which is kept',
    async (text) => {
      const { storage, files, logged } = await storageWith();
      writeFileSync(files.flows, text);
      expect(await storage.getFlows()).toEqual(shipped);
      expect(logged()).toEqual([expect.stringContaining('is no flow file')]);
      await storage.saveFlows(own);
      expect(readFileSync(files.flowsBackup, 'utf8')).toBe(text);
    },
  );

  it('get a node that does nothing for each type that is not there, and are saved with the true type', async () => {
    const { storage, files, registered, logged } = await storageWith();
    const foreign = [...own, { id: 'a4', type: 'exec' }, { id: 'a5', type: 'exec' }, { id: 'a6', type: 'group' }];
    await storage.saveFlows(foreign);
    expect(await storage.getFlows()).toEqual([...shipped, ...foreign]);
    expect(registered).toEqual(['exec']);
    expect(logged()).toHaveLength(1);
    expect(JSON.parse(readFileSync(files.flows, 'utf8'))).toEqual(foreign);
  });

  it('leave out what stands for a subflow that is not there', async () => {
    const { storage } = await storageWith();
    const subflow = { id: 'a7', type: 'subflow' };
    const instance = { id: 'a8', type: 'subflow:a7' };
    await storage.saveFlows([subflow, instance, { id: 'a9', type: 'subflow:gone' }]);
    expect(await storage.getFlows()).toEqual([...shipped, subflow, instance]);
  });
});

describe('what else Node-RED keeps', () => {
  it('is empty at first and comes back as it was saved, for its owner only', async () => {
    const { storage, files } = await storageWith();
    expect(await storage.getSettings()).toEqual({});
    expect(await storage.getCredentials()).toEqual({});
    await storage.saveSettings({ instanceId: 'x' });
    await storage.saveCredentials({ $: 'secret' });
    expect(await storage.getSettings()).toEqual({ instanceId: 'x' });
    expect(await storage.getCredentials()).toEqual({ $: 'secret' });
    expect(statSync(files.nodeSecrets).mode & 0o777).toBe(0o600);
  });

  it('is started anew when it does not read, and that is said', async () => {
    const { storage, files, logged } = await storageWith();
    writeFileSync(files.runtimeSettings, '[');
    expect(await storage.getSettings()).toEqual({});
    expect(logged()).toEqual([expect.stringContaining('does not read as expected')]);
  });
});

it('fails loudly when the flows cannot be read at all', async () => {
  const { storage, files } = await storageWith();
  mkdirSync(files.flows);
  await expect(storage.getFlows()).rejects.toThrow(/EISDIR/);
});
