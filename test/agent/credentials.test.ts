import { describe, expect, test } from 'vitest';
import { waitForCredentials } from '../../agent/credentials.ts';
import { openHome, writePrivateFile } from '../../runtime/home.ts';
import { makeTree, noSignal } from './tree.ts';

const credentials = { site: 'school', username: 'school/room-1', password: 'x' };

describe('waitForCredentials', () => {
  test('takes those that are there, and those that appear', async () => {
    const home = openHome(makeTree({}));
    const waiting = waitForCredentials(home, noSignal);
    writePrivateFile(`${home.agentDir}/credentials.json`, JSON.stringify(credentials));
    expect(await waiting).toEqual(credentials);
    expect(await waitForCredentials(home, noSignal, 0)).toEqual(credentials);
  });

  test('says what to do when none appear', async () => {
    const waiting = waitForCredentials(openHome(makeTree({})), noSignal, 100);
    await expect(waiting).rejects.toMatchObject({
      code: 'credentials_absent',
      message: expect.stringContaining('start the gateway on this home first'),
    });
  });

  test('waits no longer than the agent runs', async () => {
    const stopping = new AbortController();
    const waiting = waitForCredentials(openHome(makeTree({})), stopping.signal);
    stopping.abort();
    expect(await waiting).toBeUndefined();
  });
});
