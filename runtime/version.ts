import packageJson from '../package.json' with { type: 'json' };

/** Version of the product, the same for every process. */
export const version: string = packageJson.version;
