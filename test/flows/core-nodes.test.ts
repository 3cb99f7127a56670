import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coreNodesFor, offeredTypes } from '../../flows/core-nodes.ts';

const load = createRequire(createRequire(import.meta.url).resolve('node-red'));
const core = join(dirname(load.resolve('@node-red/nodes')), 'core');
const files = new Map(
  readdirSync(core, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
);

const none = { functions: false, exec: false };
const all = { functions: true, exec: true };

describe("Node-RED's own nodes", () => {
  it('are in the files that they are said to be in', () => {
    for (const type of [...offeredTypes, 'function', 'exec']) {
      const [, file] = coreNodesFor(new Set([type]), all);
      expect(files.get(file ?? ''), type).toMatch(new RegExp(`registerType\\(["']${type}["']`));
    }
  });

  it('are loaded only where the flows use them', () => {
    expect(coreNodesFor(new Set(['campus-in', 'tab']), none)).toEqual(['98-unknown.js']);
    expect(coreNodesFor(new Set(['link in', 'link out', 'http request']), none)).toEqual([
      '98-unknown.js',
      '60-link.js',
      '21-httprequest.js',
    ]);
  });

  it.each(['file', 'tcp in', 'udp out', 'http in', 'websocket in'])('%s is never loaded', (type) => {
    expect(coreNodesFor(new Set([type]), none)).toEqual(['98-unknown.js']);
  });

  it.each(['file', 'tcp in', 'http in', 'websocket in', 'watch'])('%s is not offered by the editor', (type) => {
    const offered = coreNodesFor('all', all).map((file) => files.get(file) ?? '');
    expect(
      offered.filter((text) => text.includes(`registerType("${type}"`) || text.includes(`registerType('${type}'`)),
    ).toEqual([]);
  });

  it('that run code or commands are loaded where that is allowed', () => {
    expect(coreNodesFor('all', none)).not.toContain('10-function.js');
    expect(coreNodesFor('all', none)).not.toContain('90-exec.js');
    expect(coreNodesFor('all', all)).toEqual(expect.arrayContaining(['10-function.js', '90-exec.js']));
    expect(coreNodesFor(new Set(['function']), none)).toEqual(['98-unknown.js']);
  });
});
