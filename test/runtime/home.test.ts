import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  credentialsFile,
  makeDirectory,
  openHome,
  ownCredentialsFile,
  readCredentials,
  writePrivateFile,
} from '../../runtime/home.ts';
import { checkPorts, portFromEnv } from '../../runtime/ports.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('a home directory', () => {
  it('is made with its parts, for its owner only', () => {
    const home = openHome(join(temporaryDirectory(), 'new', 'home'));
    for (const dir of [home.dir, home.agentDir, home.gatewayDir, home.flowsDir])
      expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it('that cannot be written is a clear error that says what to do', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    for (const dir of [join(file, 'home'), '/proc/campus-edge']) {
      expect(() => openHome(dir)).toThrow(
        expect.objectContaining({
          code: 'home_not_writable',
          message: expect.stringMatching(/--home DIR or CAMPUS_HOME/),
        }),
      );
    }
  });

  it('keeps credentials in files that only the owner reads', () => {
    const home = openHome(temporaryDirectory());
    expect(readCredentials(home, 'agent')).toBeUndefined();
    const credentials = { site: 'school', username: 'school/room', password: 'secret' };
    makeDirectory(dirname(credentialsFile(home, 'agent')));
    writePrivateFile(credentialsFile(home, 'agent'), JSON.stringify(credentials));
    expect(statSync(credentialsFile(home, 'agent')).mode & 0o777).toBe(0o600);
    expect(readCredentials(home, 'agent')).toEqual(credentials);
  });

  it('lets a group read what is meant for it, whatever the umask', () => {
    const dir = join(temporaryDirectory(), 'flows');
    mkdirSync(dir);
    chmodSync(dir, 0o2750);
    const before = process.umask(0o077);
    writePrivateFile(join(dir, 'mqtt.json'), '{}');
    process.umask(before);
    expect(statSync(join(dir, 'mqtt.json')).mode & 0o7777).toBe(0o640);
  });

  it('needs the part of who opens it, and no other', () => {
    const home = openHome(join(temporaryDirectory(), 'home'), 'flows');
    expect([home.flowsDir, home.agentDir, home.gatewayDir].map((dir) => existsSync(dir))).toEqual([true, false, false]);
  });

  it('has what was handed over before what was put there by hand', () => {
    const home = openHome(temporaryDirectory());
    const own = { site: 'school', username: 'school/room', password: 'by hand' };
    writePrivateFile(ownCredentialsFile(home, 'agent'), JSON.stringify(own));
    expect(readCredentials(home, 'agent')).toEqual(own);
    makeDirectory(dirname(credentialsFile(home, 'agent')));
    writePrivateFile(credentialsFile(home, 'agent'), JSON.stringify({ ...own, password: 'handed over' }));
    expect(readCredentials(home, 'agent')?.password).toBe('handed over');
  });
});

describe('credentials that were cut off', () => {
  it('count as missing, so that the gateway writes them anew', () => {
    const home = openHome(temporaryDirectory());
    makeDirectory(dirname(credentialsFile(home, 'agent')));
    for (const text of ['', '{"site":"school","user', '[]', '{"site":"school"}', 'null']) {
      writeFileSync(credentialsFile(home, 'agent'), text);
      expect(readCredentials(home, 'agent')).toBeUndefined();
    }
  });
});

describe('ports', () => {
  it('have defaults, take the environment, and refuse what is no port, 0 too', () => {
    expect(portFromEnv('CAMPUS_HTTP_PORT', {})).toBe(8080);
    expect(portFromEnv('CAMPUS_MQTT_PORT', { CAMPUS_MQTT_PORT: '2883' })).toBe(2883);
    for (const text of ['0', '-1', '65536', 'http', '1e3', ' 80']) {
      expect(() => portFromEnv('CAMPUS_HTTP_PORT', { CAMPUS_HTTP_PORT: text })).toThrow(
        /CAMPUS_HTTP_PORT: expected a port from 1 to 65535/,
      );
    }
  });

  it.each([
    'CAMPUS_HTTP_PORT',
    'CAMPUS_HTTPS_PORT',
    'CAMPUS_MQTT_PORT',
    'CAMPUS_MQTTS_PORT',
    'CAMPUS_FLOWS_PORT',
    'CAMPUS_STAMP_PORT',
  ])('are checked where they are set, %s too', (name) => {
    expect(() => checkPorts({})).not.toThrow();
    expect(() => checkPorts({ [name]: '2000' })).not.toThrow();
    expect(() => checkPorts({ [name]: '0' })).toThrow(expect.objectContaining({ code: 'port_invalid' }));
  });
});
