import { describe, expect, it } from 'vitest';
import { allImports, type Import, parseImports } from './import-graph.ts';
import { codeFiles } from './sources.ts';

/** Which parts of the project a part may import, besides itself. ARCHITECTURE.md tells why. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  queue: ['contract'],
  runtime: ['contract', 'package.json'],
  agent: ['contract', 'queue', 'runtime'],
  gateway: ['contract', 'queue', 'runtime'],
  flows: ['contract', 'queue', 'runtime'],
  dashboards: ['contract'],
  packed: [],
  cli: [
    'contract',
    'runtime',
    'agent/main.ts',
    'agent/config.ts',
    'agent/baseline.ts',
    'agent/check.ts',
    'agent/decode.ts',
    'agent/join/announce.ts',
    'agent/join/enroll.ts',
    'agent/own-throughput.ts',
    'gateway/main.ts',
    'gateway/config.ts',
    'gateway/admin.ts',
    'gateway/audit-log.ts',
    'gateway/offline.ts',
    'gateway/store-copy.ts',
    'flows/main.ts',
    'flows/config.ts',
    'dashboards/console/dist/index.html',
    'dashboards/console/prepare.js',
    'node_modules',
    'node_modules/.bin/node',
  ],
};

/** Packages that only the files under these paths may import, outside of tests. */
const doors: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': [
    ...['agent/host/', 'cli/', 'gateway/store/duckdb/copy-files.ts', 'gateway/throughput/iperf3-server.ts'],
    'runtime/x509/run-job.ts',
  ],
  '@duckdb/node-api': ['gateway/store/'],
  tar: ['gateway/backup/'],
  '@peculiar/x509': ['runtime/x509/job-process.ts'],
  // Packed into a few files: `#typebox` (packed/prepare.js).
  typebox: [],
  '@fastify/type-provider-typebox': [],
};

/** Packages that one file imports, and no other. */
const singleDoors = ['serialport', 'systeminformation', 'dns-packet', '@influxdata/influxdb-client', 'node-red'];

const imports = allImports();
const productImports = imports.filter(({ from }) => !from.startsWith('test/'));
const part = (path: string): string => path.split('/')[0] ?? '';
const show = ({ from, to }: Import): string => `${from} imports ${to}`;

describe('imports', () => {
  it('finds the imports there are', () => {
    const text = `import a from './a.ts';\nimport type { B } from 'b/c';\nexport { d } from "../d.ts";\nconst e = await import('node:fs/promises');\nimport 'f';`;
    expect(parseImports({ path: 'x/y.ts', text }).map(({ to }) => to)).toEqual(['x/a.ts', 'b', 'd.ts', 'node:fs', 'f']);
    expect(
      parseImports({
        path: 'x/y.vue',
        text: `<template>import g from 'g'</template><script setup lang="ts">${text}</script>`,
      }),
    ).toHaveLength(5);
  });

  it.each(Object.entries(mayImport))('%s imports only what it may', (importer, allowed) => {
    const wrong = imports.filter(
      ({ from, to, ours }) =>
        ours &&
        part(from) === importer &&
        part(to) !== importer &&
        !allowed.includes(part(to)) &&
        !allowed.includes(to),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('has no part without a rule', () => {
    const parts = new Set(
      codeFiles()
        .map(({ path }) => path)
        .filter((path) => path.includes('/'))
        .map(part),
    );
    expect([...parts].filter((name) => name !== 'test' && !Object.hasOwn(mayImport, name))).toEqual([]);
  });

  it('lets nobody but the command line start a process', () => {
    const wrong = productImports.filter(
      ({ from, to }) => /^(agent|gateway|flows)\/main\.ts$/.test(to) && part(from) !== 'cli',
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it.each(Object.entries(doors))('%s comes in by its door alone', (name, paths) => {
    const wrong = productImports.filter(({ from, to }) => to === name && !paths.some((path) => from.startsWith(path)));
    expect(wrong.map(show)).toEqual([]);
  });

  it.each(singleDoors)('%s is imported by one file', (name) => {
    const importers = new Set(productImports.filter(({ to }) => to === name).map(({ from }) => from));
    expect([...importers]).toHaveLength(1);
  });

  it('lets the agent touch files through its host only, but for its own outbox', () => {
    const wrong = productImports.filter(
      ({ from, to }) =>
        part(from) === 'agent' && to === 'node:fs' && !/^agent\/(host\/|outbox\/outbox-file\.ts$)/.test(from),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});
