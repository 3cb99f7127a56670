import { describe, expect, it } from 'vitest';
import { homeDir } from '../../cli/installation.ts';
import { root } from '../tidy/sources.ts';

describe('homeDir', () => {
  it('prefers --home to CAMPUS_HOME to the data directory of the checkout', () => {
    expect(homeDir('/a', { CAMPUS_HOME: '/b' })).toBe('/a');
    expect(homeDir(undefined, { CAMPUS_HOME: '/b' })).toBe('/b');
    expect(homeDir(undefined, { CAMPUS_HOME: '' })).toBe(`${root}data`);
    expect(homeDir(undefined, {})).toBe(`${root}data`);
  });

  it('takes a relative directory from where the command is run', () => {
    expect(homeDir('here', {})).toBe(`${process.cwd()}/here`);
  });
});
