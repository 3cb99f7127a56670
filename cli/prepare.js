// Compiles what a start loads, and keeps it. npm runs this after `npm ci`, so that the first start takes no longer than the next.
import { spawnSync } from 'node:child_process';
import { installationCache } from './compiled-code.js';

const needed = 24;
const directory = installationCache();

if (Number(process.versions.node.split('.')[0]) < needed) {
  console.error(`Node.js ${process.versions.node} compiles nothing here: the product takes ${needed} or newer`);
} else if (directory === undefined) {
  console.error('node_modules is somebody else’s: what the product loads is compiled when it starts');
} else {
  const { nodeOptions } = await import('./supervisor/spawn-process.ts');
  for (const name of ['gateway', 'agent']) compile(name, nodeOptions(name));
}

/** Loads what a process loads, with the options that it has: V8 keeps compiled code apart by them. */
function compile(name, options) {
  const entries = ['./main.ts', './supervisor/spawn-process.ts', `../${name}/main.ts`];
  const urls = entries.map((entry) => JSON.stringify(new URL(entry, import.meta.url).href));
  const text = `${urls.map((url) => `await import(${url});`).join(' ')} process.exit(0);`;
  const { status, stderr } = spawnSync(process.execPath, [...options, '--input-type=module', '--eval', text], {
    env: { ...process.env, NODE_COMPILE_CACHE: directory },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cannot load the ${name}: ${stderr}`);
}
