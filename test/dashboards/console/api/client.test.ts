import { describe, expect, it } from 'vitest';
import { Type } from '#typebox';
import { ApiClient, queryText } from '../../../../dashboards/console/src/api/client.ts';

const Answer = Type.Object({ n: Type.Integer() });

/** A client whose network answers with `respond`, and what it was asked. */
function clientWith(respond: () => Response | Promise<Response>): {
  client: ApiClient;
  asked: [string, RequestInit | undefined][];
} {
  const asked: [string, RequestInit | undefined][] = [];
  const client = new ApiClient(async (input, init) => {
    asked.push([String(input), init]);
    return respond();
  });
  return { client, asked };
}

describe('ApiClient', () => {
  it('asks below /api/v1 with the set parameters and checks the answer', async () => {
    const { client, asked } = clientWith(() => Response.json({ n: 3, more: true }));
    await expect(client.request(Answer, '/x', { query: { a: 'b c', left: undefined, n: 1 } })).resolves.toMatchObject({
      n: 3,
    });
    expect(asked[0]?.[0]).toBe('/api/v1/x?a=b+c&n=1');
  });

  it('sends a body as JSON', async () => {
    const { client, asked } = clientWith(() => new Response(null, { status: 204 }));
    await client.send('/x', { method: 'POST', body: { a: 1 } });
    expect(asked[0]?.[1]).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
  });

  it.each([
    ['another shape', () => Response.json({ n: 'three' })],
    ['something that is not JSON', () => new Response('<html>')],
  ])('refuses an answer of %s', async (_what, respond) => {
    const { client } = clientWith(respond);
    await expect(client.request(Answer, '/x')).rejects.toMatchObject({ code: 'answer_unexpected' });
  });

  it('says unreachable when no answer comes', async () => {
    const { client } = clientWith(() => Promise.reject(new TypeError('fetch failed')));
    await expect(client.request(Answer, '/x')).rejects.toMatchObject({ code: 'unreachable', status: 0 });
  });

  it('tells that the session has ended, but not that a password was wrong', async () => {
    let ended = 0;
    const codes = ['credentials_wrong', 'not_authenticated'];
    const { client } = clientWith(() => Response.json({ code: codes.shift() }, { status: 401 }));
    client.onUnauthenticated = () => {
      ended += 1;
    };
    await expect(client.send('/session', {})).rejects.toMatchObject({ code: 'credentials_wrong' });
    expect(ended).toBe(0);
    await expect(client.send('/devices', {})).rejects.toMatchObject({ code: 'not_authenticated' });
    expect(ended).toBe(1);
  });
});

describe('queryText', () => {
  it('is empty without parameters', () => {
    expect(queryText()).toBe('');
    expect(queryText({ a: undefined })).toBe('');
  });
});
