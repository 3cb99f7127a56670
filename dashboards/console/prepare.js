// Builds the console into `dist`. npm runs this after `npm ci`; a product installed without development packages has no Vite
// and brings its console built.
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

if (isInstalled('vite')) {
  const { build } = await import('vite');
  await build({ root, logLevel: 'warn' });
} else {
  console.error('vite is not installed: the console is left as it is');
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
