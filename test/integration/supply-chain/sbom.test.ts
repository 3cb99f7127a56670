import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Bom, Component } from '../../supply-chain/sbom.ts';
import { root } from '../../tidy/sources.ts';

interface Locked {
  version: string;
  license?: string;
  integrity?: string;
  dev?: boolean;
  inBundle?: boolean;
}

let text = '';

beforeAll(() => {
  const dir = mkdtempSync(join(tmpdir(), 'campus-edge-sbom-'));
  const file = join(dir, 'bom.json');
  execFileSync(process.execPath, [join(root, 'test/supply-chain/write-sbom.ts'), file], { stdio: 'ignore' });
  text = readFileSync(file, 'utf8');
  rmSync(dir, { recursive: true });
});

it('npm run sbom lists everything that is delivered, as the lockfile has it', () => {
  const bom = JSON.parse(text) as Bom;
  const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
  expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(bom.metadata.component).toMatchObject({
    type: 'application',
    name: product.name,
    version: product.version,
    purl: `pkg:npm/${product.name}@${product.version}`,
    licenses: [{ license: { id: 'Apache-2.0' } }],
  });

  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  expect(production.length).toBeGreaterThan(500);
  const byPurl = new Map(bom.components.map((component) => [component.purl, component]));
  for (const [path, locked] of production) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const component = byPurl.get(`pkg:npm/${name.replace('@', '%40')}@${locked.version}`);
    expect(component, path).toMatchObject({ type: 'library', version: locked.version });
    expect(licencesOf(component), path).toEqual([locked.license ?? expect.stringMatching(/^(MIT|Apache-2\.0)$/)]);
    // What comes inside the archive of another has no checksum of its own.
    if (locked.inBundle !== true) {
      const [alg, hash = ''] = locked.integrity?.split('-') ?? [];
      const content = Buffer.from(hash, 'base64').toString('hex');
      expect(component?.hashes, path).toEqual([{ alg: alg?.replace('sha', 'SHA-'), content }]);
    }
  }
});

it('lists what the console is built of, and nothing that only developers have', () => {
  const { components, dependencies } = JSON.parse(text) as Bom;
  const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
  expect(names).toEqual(
    expect.arrayContaining(['vue', 'vue-router', 'vue-i18n', 'echarts', 'zrender', 'element-plus']),
  );
  for (const tool of ['vitest', 'typescript', 'vite', '@biomejs/biome', 'playwright-core'])
    expect(names).not.toContain(tool);
  const refs = new Set(['pkg:npm/campus-edge@0.1.0', ...components.map((component) => component['bom-ref'])]);
  expect(refs.size).toBe(components.length + 1);
  expect(new Set(dependencies.map(({ ref }) => ref))).toEqual(refs);
  for (const { dependsOn } of dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
});

it('names no place of the machine that made it', () => {
  expect(text).not.toContain(root);
  expect(text.match(/[a-z]+:\/\/[^"/]+/g)).toEqual(['http://cyclonedx.org']);
  expect(text).not.toMatch(/node_modules|"\/|file:/);
});

function licencesOf(component: Component | undefined): string[] | undefined {
  return component?.licenses.map((one) => {
    if ('expression' in one) return one.expression;
    return 'id' in one.license ? one.license.id : one.license.name;
  });
}
