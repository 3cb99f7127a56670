import { expect, test } from 'vitest';
import { isSameOrigin, mayChange } from '../../../gateway/http/same-origin.ts';

test.each([
  [{ host: 'gw:8080' }, true],
  [{ host: 'gw:8080', 'sec-fetch-site': 'same-origin' }, true],
  [{ host: 'gw:8080', 'sec-fetch-site': 'none' }, true],
  [{ host: 'gw:8080', 'sec-fetch-site': 'same-site' }, false],
  [{ host: 'gw:8080', 'sec-fetch-site': 'cross-site' }, false],
  [{ host: 'gw:8080', 'sec-fetch-site': 'cross-site', origin: 'http://gw:8080' }, false],
  [{ host: 'gw:8080', origin: 'http://gw:8080' }, true],
  [{ host: 'GW:8080', origin: 'http://gw:8080' }, true],
  [{ host: 'gw', origin: 'https://gw' }, true],
  [{ host: 'gw:8080', origin: 'http://gw:8081' }, false],
  [{ host: 'gw:8080', origin: 'http://evil.example' }, false],
  [{ host: 'gw:8080', origin: 'null' }, false],
  [{ host: 'gw:8080', origin: '' }, false],
])('%j: %s', (headers, same) => {
  expect(isSameOrigin(headers)).toBe(same);
});

test('reading changes nothing', () => {
  expect(['GET', 'HEAD', 'OPTIONS'].some(mayChange)).toBe(false);
  expect(['POST', 'PUT', 'DELETE', 'PATCH'].every(mayChange)).toBe(true);
});
