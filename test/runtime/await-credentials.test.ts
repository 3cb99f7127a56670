import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { awaitCredentials } from '../../runtime/await-credentials.ts';
import { credentialsFile, makeDirectory, openHome, writePrivateFile } from '../../runtime/home.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const credentials = { site: 'school', username: 'school/room-1', password: 'x' };
const { signal: never } = new AbortController();

describe.each(['agent', 'flows'] as const)('the credentials of the %s', (process) => {
  test('are taken when they are there, and when they appear', async () => {
    const home = openHome(temporaryDirectory());
    const waiting = awaitCredentials({ home, process }, never);
    makeDirectory(dirname(credentialsFile(home, process)));
    writePrivateFile(credentialsFile(home, process), JSON.stringify(credentials));
    expect(await waiting).toEqual(credentials);
    expect(await awaitCredentials({ home, process }, never, 0)).toEqual(credentials);
  });

  test('that do not appear end in what to do', async () => {
    const waiting = awaitCredentials({ home: openHome(temporaryDirectory()), process }, never, 100);
    await expect(waiting).rejects.toMatchObject({
      code: 'credentials_absent',
      message: expect.stringContaining('start the gateway on this home'),
    });
  });

  test('are waited for no longer than the process runs', async () => {
    const stopping = new AbortController();
    const waiting = awaitCredentials({ home: openHome(temporaryDirectory()), process }, stopping.signal);
    stopping.abort();
    expect(await waiting).toBeUndefined();
  });
});
