import { expect, it } from 'vitest';
import { isLoopbackHost } from '../../runtime/loopback.ts';

it.each(['127.0.0.1', '127.255.1.9', '::1', '[::1]', 'localhost'])('%s is this machine', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

it.each(['127.999.1.1', '127.1', '127.0.0.1.school.cn', '0.0.0.0', '::', '10.0.0.1', ''])('%j is not', (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});
