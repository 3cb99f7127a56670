import { describe, expect, it } from 'vitest';
import { ForwardSampler } from '../../../gateway/broker/forward-sampler.ts';

const sampler = () => new ForwardSampler({ perSecond: 100, perDeviceMs: 1000, devices: 1000 });

describe('the sampler of what rules see', () => {
  it('lets everything pass in daily life, however much of it is one device’s', () => {
    const daily = sampler();
    const passed = Array.from({ length: 1000 }, (_, n) => daily.passes('one', n * 10));
    expect(passed).not.toContain(false);
  });

  it('lets every device pass once a second in a flood', () => {
    const flood = sampler();
    const seen = new Map<string, number>();
    for (let ms = 0; ms < 3000; ms++) {
      for (let n = 0; n < 50; n++) if (flood.passes(`d${n}`, ms)) seen.set(`d${n}`, (seen.get(`d${n}`) ?? 0) + 1);
    }
    expect(seen.size).toBe(50);
    for (const count of seen.values()) expect(count).toBeGreaterThanOrEqual(3);
    const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeLessThanOrEqual(3 * (100 + 50));
  });

  it('hears those who say little in full, whoever floods', () => {
    const flood = sampler();
    const passed = { quiet: 0, loud: 0 };
    for (let ms = 0; ms < 5000; ms++) {
      for (let n = 0; n < 20; n++) if (flood.passes('loud', ms)) passed.loud++;
      if (ms % 50 === 49 && flood.passes('quiet', ms)) passed.quiet++;
    }
    // The flood is known for what it is after its first tenth of a second.
    expect(passed.quiet).toBeGreaterThanOrEqual(98);
    expect(passed.loud).toBeGreaterThanOrEqual(5 * 45);
    expect(passed.quiet + passed.loud).toBeLessThanOrEqual(5 * 100);
  });

  it('lets everything pass again when the flood is over', () => {
    const over = sampler();
    for (let n = 0; n < 1000; n++) over.passes('loud', 0);
    expect(over.passes('loud', 50)).toBe(false);
    expect(over.passes('loud', 150)).toBe(true);
  });
});
