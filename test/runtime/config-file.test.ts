import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Type } from '#typebox';
import { logConfig, siteConfig } from '../../runtime/base-config.ts';
import { checkConfig, readConfigFile } from '../../runtime/config-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const schema = Type.Object({
  site: siteConfig,
  log: logConfig,
  agent: Type.Object(
    {
      interval_seconds: Type.Number({ minimum: 1, maximum: 3600, default: 10, description: 'seconds from 1 to 3600' }),
    },
    { default: {}, additionalProperties: false },
  ),
});

function check(yaml: string): unknown {
  const path = join(temporaryDirectory(), 'campus-edge.yaml');
  writeFileSync(path, yaml);
  return checkConfig(path, readConfigFile(path), schema);
}

describe('campus-edge.yaml', () => {
  it('may be missing or empty: every key has a default', () => {
    const defaults = { site: 'school', log: { level: 'info' }, agent: { interval_seconds: 10 } };
    const missing = join(temporaryDirectory(), 'none.yaml');
    expect(checkConfig(missing, readConfigFile(missing), schema)).toEqual(defaults);
    expect(check('')).toEqual(defaults);
    expect(check('# nothing but a comment\n')).toEqual(defaults);
  });

  it('leaves the sections of other processes alone', () => {
    expect(check('gateway: {store: duckdb}\nsite: no-3-middle\n')).toMatchObject({ site: 'no-3-middle' });
  });

  it.each([
    ['site: Room_1', /site: expected the id of this site: .*, got "Room_1"$/],
    ['log: {level: loud}', /log\.level: expected one of trace, debug, info, warn, error, got "loud"$/],
    ['agent: {interval_seconds: 0}', /agent\.interval_seconds: expected seconds from 1 to 3600, got 0$/],
    ['agent: {intervall: 3}', /agent\.intervall: unknown key, expected one of interval_seconds, got 3$/],
    ['agent: 3', /agent: .*object.*, got 3$/],
    ['agnet: {}', /unknown key "agnet", expected one of site, log, agent, gateway, flows$/],
    ['- a\n- b', /expected keys \(site, .*\), got \["a","b"\]$/],
    ['site: [', /line 1/],
    ['site: a\nsite: b', /unique/],
  ])('says what is wrong with %j in one line, and where', (yaml, message) => {
    expect(() => check(yaml)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
    );
    expect(() => check(yaml)).toThrow(/^[^\n]*campus-edge\.yaml[^\n]*$/);
  });
});
