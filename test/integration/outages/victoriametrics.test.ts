import { describe, expect, it, onTestFinished } from 'vitest';
import { Product } from '../../support/product.ts';
import { publishSensor, sensorSum } from '../../support/sensor.ts';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { VictoriaMetrics } from '../../support/victoria-metrics.ts';

async function startServer(flags?: readonly string[]): Promise<VictoriaMetrics> {
  const server = await VictoriaMetrics.start(flags);
  onTestFinished(() => server.remove());
  return server;
}

const storeAt = ({ port }: VictoriaMetrics): string => `gateway: {store: "victoriametrics://127.0.0.1:${port}"}`;

describe('VictoriaMetrics by one line of configuration', () => {
  it('is the store that the API answers from, and may be away when the gateway starts', async () => {
    const server = await startServer();
    await server.kill();
    const product = await startProduct({ config: storeAt(server) });
    await publishSensor(product, 'room-101', [1, 2, 4]);
    await until('the log says that it is away', () => product.output.includes('data wait in the spool'));
    await server.run();
    await until('the values in the series', async () => (await sensorSum(product)) === 7, { timeoutMs: 45_000 });
    expect(await product.stop()).toBe(0);
  });

  it('stops the start with a line that says what to do when it is set up wrongly', async () => {
    const server = await startServer(['-retentionPeriod=1y']);
    const product = await Product.prepare({ home: temporaryDirectory(), config: storeAt(server) });
    const { code, stderr, stdout } = product.command('up');
    expect({ code, said: `${stdout}${stderr}` }).toEqual({
      code: 2,
      said: expect.stringMatching(/store_misconfigured: .*start it with -dedup\.minScrapeInterval=1ms/),
    });
  });
});
