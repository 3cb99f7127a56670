import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flowsPermissions } from '../../cli/supervisor/flows-permissions.ts';
import { nodeOptions, processNames } from '../../cli/supervisor/spawn-process.ts';
import { root } from '../tidy/sources.ts';
import { EXPOSURE_MAX } from './exposure.ts';

const directory = join(root, 'deploy/systemd');
const unitOf = (name: string): string => readFileSync(join(directory, `campus-edge-${name}.service`), 'utf8');
const setting = (unit: string, key: string): string[] =>
  [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
const settingsOf = (path: string): string[][] =>
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/));

describe('the units of systemd', () => {
  it('are one for each process', () => {
    expect(readdirSync(directory)).toEqual([...processNames].sort().map((name) => `campus-edge-${name}.service`));
  });

  it.each(processNames)('%s is closed in as far as it can be', (name) => {
    const path = join(directory, `campus-edge-${name}.service`);
    const args = ['security', '--offline=true', '--no-pager', '--json=short', `--threshold=${EXPOSURE_MAX * 10}`, path];
    // Beyond the threshold it fails, and says why.
    expect(() => execFileSync('systemd-analyze', args, { encoding: 'utf8' })).not.toThrow();
  });

  it.each(processNames)('%s runs as a user of its own, and may write its own files alone', (name) => {
    const unit = unitOf(name);
    expect(setting(unit, 'User')).toEqual([`campus-${name}`]);
    const others = processNames.filter((other) => other !== name).map((other) => `/var/lib/campus-edge/${other}`);
    const writable = setting(unit, 'ReadWritePaths').join(' ');
    expect(writable).toContain(`/var/lib/campus-edge/${name}`);
    for (const other of others) expect(writable).not.toContain(other);
    expect(setting(unit, 'CapabilityBoundingSet')).toEqual([name === 'agent' ? 'CAP_NET_RAW' : '']);
  });

  it('let the agent use the ports of modems, and nobody any other device', () => {
    expect(setting(unitOf('agent'), 'DevicePolicy')).toEqual(['closed']);
    expect(setting(unitOf('agent'), 'DeviceAllow')).toEqual(['char-ttyUSB rw', 'char-ttyACM rw', 'char-wwan_port rw']);
    for (const name of processNames.filter((other) => other !== 'agent')) {
      expect(setting(unitOf(name), 'PrivateDevices'), name).toEqual(['yes']);
    }
  });

  it.each(processNames)('%s runs as `campus-edge up` runs it', (name) => {
    const [command = ''] = setting(unitOf(name), 'ExecStart');
    const words = command.split(' ');
    const program = words.findIndex((word) => word.endsWith('/cli/campus-edge.js'));
    expect(words.slice(program + 1)).toEqual([name]);
    const permissions = flowsPermissions({
      home: '/var/lib/campus-edge',
      installation: '/usr/lib/campus-edge',
      cache: `/var/cache/campus-edge/${name}`,
    });
    const options = [...nodeOptions(name), ...(name === 'flows' ? permissions : [])];
    expect(words.slice(1, program)).toEqual(options);
  });

  it('have the users, groups and directories that they name', () => {
    const users = settingsOf('deploy/sysusers.d/campus-edge.conf')
      .filter(([type]) => type === 'u')
      .map(([, name]) => name);
    const groups = settingsOf('deploy/sysusers.d/campus-edge.conf')
      .filter(([type]) => type === 'g')
      .map(([, name]) => name);
    expect(users.sort()).toEqual(processNames.map((name) => `campus-${name}`).sort());
    const directories = settingsOf('deploy/tmpfiles.d/campus-edge.conf');
    for (const [, path = '', , user = '', group = ''] of directories) {
      expect(['root', ...users], path).toContain(user);
      expect([...users, ...groups], path).toContain(group);
    }
    const made = directories.filter(([type]) => type === 'd').map(([, path]) => path);
    for (const name of processNames) {
      // Debian makes dialout, the group of serial ports (base-passwd).
      const others = name === 'agent' ? ['dialout'] : [];
      expect(setting(unitOf(name), 'SupplementaryGroups')).toEqual([[...groups, ...others].join(' ')]);
      for (const path of setting(unitOf(name), 'ReadWritePaths').join(' ').split(' '))
        expect(made).toContain(path.replace(/^-/, ''));
    }
  });
});
