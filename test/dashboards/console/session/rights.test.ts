import { describe, expect, it } from 'vitest';
import { homeOf, mayRole } from '../../../../dashboards/console/src/session/rights.ts';

describe('mayRole', () => {
  it('gives each role what the API gives it', () => {
    expect(['viewer', 'operator', 'admin', 'auditor'].map((role) => mayRole(role as 'viewer', 'observe'))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(mayRole('viewer', 'handle')).toBe(false);
    expect(mayRole('operator', 'handle')).toBe(true);
    expect(mayRole('operator', 'audit')).toBe(false);
    expect(mayRole('auditor', 'audit')).toBe(true);
    expect(mayRole(undefined, 'observe')).toBe(false);
  });
});

describe('homeOf', () => {
  it('is a page that the role may open', () => {
    expect(homeOf('viewer')).toBe('overview');
    expect(homeOf('auditor')).toBe('audit');
  });
});
