import { describe, expect, it } from 'vitest';
import type { AlertRequest } from '../../../contract/alert.ts';
import { RequestQueue } from '../../../flows/link/request-queue.ts';

function request(action: 'raise' | 'clear', device: string, at = 1): AlertRequest {
  const about = { rule: 'own', device, subject: '', evidence: {}, at };
  if (action === 'clear') return { action, ...about };
  return { action, ...about, class: 'other', level: 4, summary: { 'zh-CN': '', en: '' } };
}

const shown = (queue: RequestQueue): string[] =>
  queue.pending().map(({ request: { action, device } }) => `${action} ${device}`);

describe('requests that wait for the gateway', () => {
  it('stay until they are acknowledged', () => {
    const queue = new RequestQueue(10);
    const first = queue.put(request('raise', 'room-1'));
    queue.put(request('raise', 'room-2'));
    queue.acknowledged(first);
    expect(shown(queue)).toEqual(['raise room-2']);
    expect(queue.size).toBe(1);
  });

  it('come to how things stand: the latest of each alert, in the order of the last changes', () => {
    const queue = new RequestQueue(10);
    queue.put(request('raise', 'room-1', 1));
    queue.put(request('raise', 'room-2', 2));
    queue.put(request('clear', 'room-1', 3));
    expect(shown(queue)).toEqual(['raise room-2', 'clear room-1']);
  });

  it('are not taken to be acknowledged with the one that they replaced', () => {
    const queue = new RequestQueue(10);
    const raise = queue.put(request('raise', 'room-1', 1));
    const clear = queue.put(request('clear', 'room-1', 2));
    queue.acknowledged(raise);
    expect(shown(queue)).toEqual(['clear room-1']);
    queue.acknowledged(clear);
    expect(shown(queue)).toEqual([]);
  });

  it('are bounded: the oldest is dropped and counted', () => {
    const queue = new RequestQueue(2);
    for (const device of ['room-1', 'room-2', 'room-3']) queue.put(request('raise', device));
    expect(shown(queue)).toEqual(['raise room-2', 'raise room-3']);
    expect(queue.dropped).toBe(1);
    queue.put(request('clear', 'room-3'));
    expect(queue.dropped).toBe(1);
  });
});
