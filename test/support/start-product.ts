import { onTestFinished } from 'vitest';
import { Product, type ProductOptions } from './product.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Starts the whole product, waits until the gateway is ready, and ends it when the test has finished. */
export async function startProduct(options: Partial<ProductOptions> = {}): Promise<Product> {
  const product = await Product.prepare({ home: temporaryDirectory(), ...options });
  product.run();
  onTestFinished(async () => {
    await product.stop();
  });
  await product.ready();
  return product;
}
