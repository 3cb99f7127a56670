#!/usr/bin/env node
// Plain JavaScript that every Node.js since 14.8 reads: older ones than the product needs are told so, and not shown a syntax error.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = 24;

if (majorOf(process.version) >= needed) {
  const { keepCompiledCode } = await import('./compiled-code.js');
  keepCompiledCode();
  const main = await load();
  await main?.();
} else {
  runWithOwnNode();
}

/** What `npm ci` brings or makes is missing after an upgrade without it, or where it was broken off. */
async function load() {
  try {
    return (await import('./main.ts')).main;
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'ERR_PACKAGE_IMPORT_NOT_DEFINED') throw error;
    console.error(
      `campus-edge: installation_incomplete: run \`npm ci\` in ${dirname(dirname(fileURLToPath(import.meta.url)))}, then again (${error.message}). ` +
        '安装不完整：请在该目录运行 `npm ci` 后重试。',
    );
    process.exitCode = 2;
  }
}

/** The checkout brings its own Node.js (an optional dependency, which npm leaves out in silence where there is none). */
function runWithOwnNode() {
  const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (majorOf(spawnSync(own, ['--version'], { encoding: 'utf8' }).stdout) < needed) {
    console.error(
      `campus-edge: node_too_old: Node.js ${needed} or newer is needed, this is ${process.version}: run \`npm ci\` in the checkout, which brings it, or install it. ` +
        `需要 Node.js ${needed} 或更高版本，当前为 ${process.version}：请在代码目录运行 \`npm ci\`（会自带），或自行安装。`,
    );
    process.exitCode = 2;
    return;
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** `v24.21.0` → 24; 0 for anything else, such as the nothing that a program which is not there prints. */
function majorOf(version) {
  return Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? 0);
}
