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

describe("Node-RED's own nodes", () => {
  it('are in the files that they are said to be in', () => {
    for (const type of offeredTypes) {
      const [, file] = coreNodesFor(new Set([type]));
      expect(files.get(file ?? ''), type).toMatch(new RegExp(`registerType\\(["']${type}["']`));
    }
  });

  it('are loaded only where the flows use them', () => {
    expect(coreNodesFor(new Set(['campus-in', 'tab']))).toEqual(['98-unknown.js']);
    expect(coreNodesFor(new Set(['link in', 'link out', 'http request']))).toEqual([
      '98-unknown.js',
      '60-link.js',
      '21-httprequest.js',
    ]);
  });

  it.each(['exec', 'file', 'tcp in', 'udp out', 'http in', 'websocket in'])('%s is never loaded', (type) => {
    expect(coreNodesFor(new Set([type]))).toEqual(['98-unknown.js']);
  });
});
