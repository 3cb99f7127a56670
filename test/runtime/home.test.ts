import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { credentialsFile, openHome, readCredentials, writePrivateFile } from '../../runtime/home.ts';
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
    writePrivateFile(credentialsFile(home, 'agent'), JSON.stringify(credentials));
    expect(statSync(credentialsFile(home, 'agent')).mode & 0o777).toBe(0o600);
    expect(readCredentials(home, 'agent')).toEqual(credentials);
  });
});

describe('credentials that were cut off', () => {
  it('count as missing, so that the gateway writes them anew', () => {
    const home = openHome(temporaryDirectory());
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

  it.each(['CAMPUS_HTTP_PORT', 'CAMPUS_HTTPS_PORT', 'CAMPUS_MQTT_PORT', 'CAMPUS_MQTTS_PORT', 'CAMPUS_FLOWS_PORT'])(
    'are checked where they are set, %s too',
    (name) => {
      expect(() => checkPorts({})).not.toThrow();
      expect(() => checkPorts({ [name]: '2000' })).not.toThrow();
      expect(() => checkPorts({ [name]: '0' })).toThrow(expect.objectContaining({ code: 'port_invalid' }));
    },
  );
});
