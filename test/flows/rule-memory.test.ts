import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { describe, expect, it } from 'vitest';
import { flowsFiles } from '../../flows/files.ts';
import { openMemories } from '../../flows/rule-memory.ts';
import { openHome } from '../../runtime/home.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const silent = pino({ level: 'silent' });
/** The memory of thresholds alone, in a file of its own. */
function openArmedLevels(path: string, log: Logger) {
  const { memories } = flowsFiles(openHome(temporaryDirectory()));
  const opened = openMemories({ memories: { ...memories, armedLevels: path } }, log);
  return { of: (rule: string) => opened.armedLevels.of(rule), close: () => opened.close() };
}

const fileIn = (dir: string): string => join(dir, 'armed-levels.json');

describe('armed levels', () => {
  it('outlive the process, each for its rule', () => {
    const path = fileIn(temporaryDirectory());
    const first = openArmedLevels(path, silent);
    first.of('ipv6-lost').set('room-1/', 3);
    first.of('own').set('room-1/', 7);
    expect(first.of('ipv6-lost').get('room-1/')).toBe(3);
    first.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);

    const second = openArmedLevels(path, silent);
    expect(second.of('ipv6-lost').get('room-1/')).toBe(3);
    expect(second.of('own').get('room-1/')).toBe(7);
    expect(second.of('own').get('room-2/')).toBeUndefined();
  });

  it('are written by themselves soon after they change, and not before', async () => {
    const path = fileIn(temporaryDirectory());
    const levels = openArmedLevels(path, silent);
    levels.close();
    expect(existsSync(path)).toBe(false);
    levels.of('own').set('room-1/', 2);
    await until('the file', () => existsSync(path));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ own: { 'room-1/': 2 } });
  });

  it.each(['', '[]', '{"own":7}', '{"own":{"room-1/":"high"}}'])('are forgotten when the file holds %j', (text) => {
    const path = fileIn(temporaryDirectory());
    writeFileSync(path, text);
    const levels = openArmedLevels(path, silent);
    expect(levels.of('own').get('room-1/')).toBeUndefined();
    levels.of('own').set('room-1/', 2);
    levels.close();
    expect(openArmedLevels(path, silent).of('own').get('room-1/')).toBe(2);
  });

  it('that cannot be written are still there for this run', () => {
    const path = fileIn(temporaryDirectory());
    mkdirSync(path);
    const lines: string[] = [];
    const levels = openArmedLevels(join(path, 'gone', 'file'), pino({}, { write: (line) => lines.push(line) }));
    levels.of('own').set('room-1/', 2);
    levels.close();
    expect(levels.of('own').get('room-1/')).toBe(2);
    expect(lines.join('')).toContain('could not be written');
  });

  it('are forgotten when a rule wants them to be', () => {
    const path = fileIn(temporaryDirectory());
    const levels = openArmedLevels(path, silent);
    levels.of('own').set('room-1/', 2);
    levels.close();
    const again = openArmedLevels(path, silent);
    again.of('own').delete('room-1/');
    again.close();
    expect([...openArmedLevels(path, silent).of('own').entries()]).toEqual([]);
  });

  it('are bounded for each rule', () => {
    const path = fileIn(temporaryDirectory());
    const levels = openArmedLevels(path, silent);
    for (let device = 0; device <= 10_000; device += 1) levels.of('own').set(`room-${device}/`, 2);
    levels.close();
    expect(levels.of('own').get('room-0/')).toBeUndefined();
    expect(levels.of('own').get('room-10000/')).toBe(2);
  });
});
