import { expect, it } from 'vitest';
import { TOKEN_LIFE_DEFAULT_MS, TOKEN_LIFE_MAX_MS } from '../../gateway/admin.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

interface Made {
  expires_at: number;
  scopes: string[];
}

async function create(...args: string[]): Promise<Made> {
  const home = temporaryDirectory();
  const { exitCode, stdout } = await campusEdge([
    'token',
    'create',
    '--home',
    home,
    '--role',
    'viewer',
    '--json',
    ...args,
  ]);
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as Made;
}

it.each([
  [[], TOKEN_LIFE_DEFAULT_MS],
  [['--ttl', '12h'], 12 * 3600_000],
  [['--ttl', '730d'], TOKEN_LIFE_MAX_MS],
])('%j makes a token that holds for so long', async (args, lifeMs) => {
  const before = Date.now();
  const { expires_at, scopes } = await create(...args);
  expect(expires_at - before).toBeGreaterThanOrEqual(lifeMs);
  expect(expires_at - before).toBeLessThan(lifeMs + 60_000);
  expect(scopes).toEqual([]);
});

it('narrows a token to scopes that there are', async () => {
  expect((await create('--scope', 'metrics', 'alerts')).scopes).toEqual(['metrics', 'alerts']);
  const wrong = await campusEdge(['token', 'create', '--role', 'viewer', '--scope', 'everything']);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
});

it.each(['0d', '731d', '12', '1w', '1.5d', '99999h'])('takes no %s', async (ttl) => {
  const outcome = await campusEdge(['token', 'create', '--role', 'viewer', '--ttl', ttl]);
  expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
  expect(outcome.stderr).toContain('12h');
});
