import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freeGatewayPorts, portsInEnv } from '../../support/free-port.ts';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { root } from '../../tidy/sources.ts';

const names = ['gateway', 'agent', 'flows'] as const;

function pidOf(product: Product, name: (typeof names)[number]): number | undefined {
  try {
    return product.pid(name);
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Runs `campus-edge up` in a home until it gives up. */
async function upThatGivesUp({ home, env = {} }: { home: string; env?: NodeJS.ProcessEnv }) {
  const ports = portsInEnv(await freeGatewayPorts());
  const options = { env: { ...process.env, LC_ALL: 'C', ...ports, ...env }, timeout: 20_000 };
  return new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const args = [join(root, 'cli', 'campus-edge.js'), 'up', '--home', home];
    const child = execFile(process.execPath, args, options, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    );
  });
}

describe('up', () => {
  it('starts again what is killed, and says so', async () => {
    const product = await startProduct();
    for (const name of names) {
      const before = await until(name, () => pidOf(product, name));
      process.kill(before, 'SIGKILL');
      await until(`the end of ${name}`, () =>
        product.output.includes(`${name} ended (SIGKILL); starting it again in 2 s`),
      );
      const after = await until(`another ${name}`, () => pidOf(product, name));
      expect(after).not.toBe(before);
    }
    await product.ready();
  });

  it('leaves nothing behind when it is killed itself', async () => {
    const product = await startProduct();
    const pids = await Promise.all(names.map((name) => until(name, () => pidOf(product, name))));
    await product.stop('SIGKILL');
    await until('the end of all three', () => !pids.some(isRunning), { timeoutMs: 12_000 });
  });

  it.each(['CAMPUS_HTTP_PORT', 'CAMPUS_HTTPS_PORT', 'CAMPUS_MQTT_PORT', 'CAMPUS_MQTTS_PORT', 'CAMPUS_FLOWS_PORT'])(
    'with %s taken says so in one line and exits with 2',
    async (variable) => {
      const squatter = createServer().listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      onTestFinished(() => void squatter.close());
      const address = squatter.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const { code, stderr } = await upThatGivesUp({ home: temporaryDirectory(), env: { [variable]: `${port}` } });
      expect(code).toBe(2);
      expect(stderr).toMatch(new RegExp(`^campus-edge: port_taken: port ${port} .* ${variable} [^\\n]*\\n$`));
    },
  );

  it.each([
    ['gateway: { retention: { metrics_days: never } }\n', 'gateway.retention.metrics_days: '],
    ['agent: { colour: blue }\n', 'agent.colour: '],
    ['flows: { colour: blue }\n', 'flows.colour: '],
    ['site: [\n', 'line 2'],
  ])('with the configuration %j says so in one line and exits with 2', async (config, expected) => {
    const home = temporaryDirectory();
    writeFileSync(join(home, 'campus-edge.yaml'), config);
    const { code, stderr } = await upThatGivesUp({ home });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^campus-edge: config_invalid: [^\n]+\n$/);
    expect(stderr).toContain(expected);
  });

  it('with a damaged store says in one line what to do and exits with 2', async () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, 'gateway'));
    writeFileSync(join(home, 'gateway', 'store.duckdb'), 'no database');
    const { code, stderr } = await upThatGivesUp({ home });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^campus-edge: store_unusable: [^\n]+store\.duckdb cannot be used [^\n]+: restore it from a backup, or move it away [^\n]+\n$/,
    );
  });

  it('in a home below a file says so in one line and exits with 2', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await upThatGivesUp({ home: join(file, 'home') });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^campus-edge: home_not_writable: [^\n]+--home DIR or CAMPUS_HOME[^\n]+\n$/);
  });

  it.each([
    ['CAMPUS_HTTP_PORT', '0'],
    ['CAMPUS_MQTT_PORT', '65536'],
    ['CAMPUS_MQTTS_PORT', '0'],
    ['CAMPUS_FLOWS_PORT', 'http'],
  ])('refuses %s=%s', async (variable, port) => {
    const { code, stderr } = await upThatGivesUp({ home: temporaryDirectory(), env: { [variable]: port } });
    expect(code).toBe(2);
    expect(stderr).toBe(`campus-edge: port_invalid: ${variable}: expected a port from 1 to 65535, got "${port}"\n`);
  });
});
