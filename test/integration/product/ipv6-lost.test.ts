import { execFileSync } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import type { Product } from '../../support/product.ts';
import { isRoot } from '../../support/root.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Address {
  address: string;
  prefix_length: number;
  scope: string;
}
interface Latest {
  points: { tags: Record<string, string>; fields: { summary: string; level: number; addresses?: string } }[];
}

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

/** A network namespace with one Ethernet link of its own, up and without a global address. */
function makeNamespace(name: string): (...args: string[]) => string {
  ip('netns', 'add', name);
  onTestFinished(() => void ip('netns', 'del', name));
  const inside = (...args: string[]): string => ip('-n', name, ...args);
  inside('link', 'set', 'lo', 'up');
  inside('link', 'add', 'classroom0', 'type', 'veth', 'peer', 'name', 'switch0');
  inside('link', 'set', 'switch0', 'up');
  inside('link', 'set', 'classroom0', 'up');
  return inside;
}

/** The device's own point of `ipv6`: the one without an interface. */
async function summary(product: Product): Promise<Latest['points'][number] | undefined> {
  const { points } = await product.get<Latest>('latest?measurement=ipv6');
  return points.find(({ tags }) => tags['interface'] === undefined);
}

const state = (product: Product, expected: string) =>
  until(`the summary ${expected}`, async () => (await summary(product))?.fields.summary === expected, {
    timeoutMs: 20_000,
  });

/** What `ip -j -6 addr` says, without the loopback's address. */
function kernelAddresses(inside: (...args: string[]) => string): string[] {
  const links = JSON.parse(inside('-j', '-6', 'addr')) as {
    ifname: string;
    addr_info: { local?: string; prefixlen?: number }[];
  }[];
  return links
    .filter(({ ifname }) => ifname !== 'lo')
    .flatMap(({ addr_info }) =>
      addr_info.flatMap(({ local, prefixlen }) => (local === undefined ? [] : [`${local}/${prefixlen}`])),
    )
    .sort();
}

it.skipIf(!isRoot)(
  'tells when IPv6 comes and goes, and raises and clears "IPv6 lost"',
  { timeout: 120_000 },
  async () => {
    const namespace = `campus-${process.pid}`;
    const inside = makeNamespace(namespace);
    const product = await startProduct({
      namespace,
      config:
        'agent: {collectors: {ipv6: {interval_seconds: 1}}}\nflows: {rules: {ipv6-lost: {for_seconds: 2, clear_for_seconds: 0}}}',
    });
    const lost = async (query: string): Promise<boolean> =>
      (await product.get<{ alerts: { rule: string }[] }>(`alerts${query}`)).alerts.some(
        ({ rule }) => rule === 'ipv6-lost',
      );

    await state(product, 'link-local');
    expect(await lost('')).toBe(false);
    inside('-6', 'addr', 'add', '2001:db8:1::10/64', 'dev', 'classroom0', 'nodad');
    inside('-6', 'addr', 'add', 'fd00:1::10/64', 'dev', 'classroom0', 'nodad');
    await state(product, 'addressed');
    const { addresses } = (await summary(product))?.fields ?? {};
    const reported = JSON.parse(addresses ?? '[]') as Address[];
    expect(reported.map(({ address, prefix_length }) => `${address}/${prefix_length}`).sort()).toEqual(
      kernelAddresses(inside),
    );
    expect(reported.find(({ address }) => address === 'fd00:1::10')?.scope).toBe('ula');
    inside('-6', 'route', 'add', 'default', 'via', '2001:db8:1::1', 'dev', 'classroom0');
    await state(product, 'routed');

    inside('-6', 'addr', 'flush', 'dev', 'classroom0', 'scope', 'global');
    await state(product, 'link-local');
    await until('the alert', () => lost('?state=open'), { timeoutMs: 20_000 });
    inside('-6', 'addr', 'add', '2001:db8:1::10/64', 'dev', 'classroom0', 'nodad');
    inside('-6', 'route', 'replace', 'default', 'via', '2001:db8:1::1', 'dev', 'classroom0');
    await state(product, 'routed');
    await until('the alert is cleared', async () => !(await lost('?state=open')), { timeoutMs: 20_000 });
    expect(await lost('')).toBe(true);
  },
);
