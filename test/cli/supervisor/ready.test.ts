import { describe, expect, it } from 'vitest';
import { parseReady } from '../../../cli/supervisor/ready.ts';

describe('parseReady', () => {
  it('takes what the processes send', () => {
    expect(parseReady({ ready: true })).toEqual({ ready: true });
    expect(parseReady({ ready: true, url: 'http://localhost:8080', adminPassword: 'x' })).toMatchObject({
      adminPassword: 'x',
    });
  });

  it.each([undefined, null, 'ready', {}, { ready: 'yes' }, { ready: true, url: 1 }])(
    'takes %j for something else',
    (message) => {
      expect(parseReady(message)).toBeUndefined();
    },
  );
});
