import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { makeTree } from '../tree.ts';

describe('LinuxHost', () => {
  test('reads files below its root and tells what is absent', async () => {
    const host = new LinuxHost({
      root: makeTree({ '/etc/a': 'text\n', '/proc/b': 'more\n' }, { '/etc/link': '../proc/b' }),
    });
    expect(await host.readFile('/etc/a')).toBe('text\n');
    expect(await host.readFile('/proc/b')).toBe('more\n');
    expect(await host.readFile('/etc/none')).toBeUndefined();
    expect(await host.readFile('/proc/none')).toBeUndefined();
    expect(await host.readFile('/etc/a/below')).toBeUndefined();
    expect(await host.readDir('/etc')).toEqual(['a', 'link']);
    expect(await host.readDir('/none')).toBeUndefined();
    expect(await host.readLink('/etc/link')).toBe('../proc/b');
    expect(await host.readLink('/etc/a')).toBeUndefined();
  });

  test('reads files that claim no size, and refuses those that are too large', async () => {
    const host = new LinuxHost();
    expect(await host.readFile('/proc/self/status')).toContain('VmRSS');
    const large = new LinuxHost({
      root: makeTree({ '/etc/large': 'x'.repeat(100_000), '/proc/large': 'x'.repeat(100_000) }),
    });
    expect((await large.readFile('/etc/large'))?.length).toBe(100_000);
    await expect(large.readFile('/etc/large', 1000)).rejects.toMatchObject({ code: 'parse_failed' });
    await expect(large.readFile('/proc/large', 1000)).rejects.toThrow('/proc/large: expected at most 1000 bytes');
  });

  test('measures file systems', async () => {
    const usage = await new LinuxHost().statfs('/');
    expect(usage?.blocks).toBeGreaterThan(0);
    expect(usage?.blocksFree).toBeLessThanOrEqual(usage?.blocks ?? 0);
    expect(await new LinuxHost().statfs('/no/such/place')).toBeUndefined();
  });

  test('runs commands, within time and size, and none for a captured tree', async () => {
    const options = { signal: new AbortController().signal, timeoutMs: 2000, maxBytes: 1000 };
    const host = new LinuxHost();
    expect(await host.run('echo', ['one', '$HOME'], options)).toBe('one $HOME\n');
    expect(await host.run('no-such-command', [], options)).toBeUndefined();
    await expect(host.run('false', [], options)).rejects.toThrow();
    expect(await host.run('sh', ['-c', 'echo none; exit 1'], { ...options, exitCodes: [1] })).toBe('none\n');
    await expect(host.run('sh', ['-c', 'exit 2'], { ...options, exitCodes: [1] })).rejects.toThrow();
    await expect(host.run('sleep', ['5'], { ...options, timeoutMs: 50 })).rejects.toThrow();
    await expect(host.run('seq', ['10000'], options)).rejects.toThrow('maxBuffer');
    expect(await new LinuxHost({ root: makeTree({}) }).run('echo', ['one'], options)).toBeUndefined();
  });

  test('finds the addresses of a name, and none where there is no such name', async () => {
    const host = new LinuxHost();
    expect(await host.lookup('localhost')).toContain('127.0.0.1');
    expect(await host.lookup('no-such-name.invalid')).toEqual([]);
  });

  test('says so when there is no way for a datagram', async () => {
    const open = new LinuxHost().openUdp({ address: 'fe80::1%nothere0', port: 53, onMessage: () => {} });
    await expect(open).rejects.toThrow();
  });

  test('tells an open port from a refused one and from silence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const host = new LinuxHost();
    expect(await host.connect({ address: '127.0.0.1', port, timeoutMs: 1000 })).toBe('open');
    expect(await host.connect({ address: '127.0.0.1', port: 1, timeoutMs: 1000 })).toBe('refused');
    expect(await host.connect({ address: 'fe80::1%nothere0', port: 53, timeoutMs: 1000 })).toBe('failed');
  });
});
