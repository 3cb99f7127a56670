// Packs a package of hundreds of small files into a few. npm runs this after `npm ci`, before what a start loads is compiled; a product installed
// without development packages has no Vite and brings its packages packed.
//
// TypeBox has 683 files; every process and most of their threads need it. Loaded one by one they take 0.3 s of a server's core, and several
// times that on a small board; packed, 0.02 s.
import { fileURLToPath } from 'node:url';

const entries = {
  index: 'typebox',
  compile: 'typebox/compile',
  value: 'typebox/value',
  // It is of one file, which would load the 683 again.
  fastify: '@fastify/type-provider-typebox',
};

if (isInstalled('vite')) {
  const { build } = await import('vite');
  const paths = Object.entries(entries).map(([name, id]) => [name, fileURLToPath(import.meta.resolve(id))]);
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['ajv-formats'] },
    build: {
      ssr: true,
      outDir: fileURLToPath(new URL('./dist/typebox', import.meta.url)),
      emptyOutDir: true,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(paths),
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
} else {
  console.error('vite is not installed: packed packages are left as they are');
}

function isInstalled(name) {
  try {
    import.meta.resolve(name);
    return true;
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return false;
    throw error;
  }
}
