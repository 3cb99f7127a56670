import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Acceptance, type Advisory, judge, parseAcceptances, parseAudit } from './audit.ts';

/** Answers of npm 11, recorded. */
const recorded = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8');

const advisory: Advisory = {
  package: 'ws',
  id: 'GHSA-3h5v-q93c-6h6q',
  title: 'ws affected by a DoS when handling a request with many HTTP headers',
  severity: 'high',
  paths: ['node_modules/@node-red/nodes/node_modules/mqtt/node_modules/ws', 'node_modules/ws'],
};
const acceptance: Acceptance = {
  package: 'ws',
  advisory: advisory.id,
  why: 'the gateway takes no more than 8 KiB of headers',
  reviewed: '2026-01-31',
};
const delivered = new Set(['node_modules/ws']);

describe('parseAudit', () => {
  it('finds each fault once, and not the packages that have it by needing another', () => {
    expect(parseAudit(recorded('audit-report'))).toEqual({ advisories: [advisory] });
    expect(parseAudit(recorded('audit-clean'))).toEqual({ advisories: [] });
  });

  it.each(['audit-not-offered', 'audit-unreachable'])(
    'tells a registry that does not answer from a good one: %s',
    (name) => {
      expect(parseAudit(recorded(name))).toEqual({ noAnswer: expect.stringMatching(/405 Method|ECONNREFUSED/) });
    },
  );

  it('takes nothing else for an answer', () => {
    for (const text of ['{}', '[]', 'null', '{"auditReportVersion":1,"advisories":{}}', '{"message":"hello"}'])
      expect(() => parseAudit(text), text).toThrow('expected the report');
    expect(() => parseAudit(recorded('audit-report').slice(0, 400))).toThrow(SyntaxError);
  });
});

describe('judge', () => {
  it('asks for a reason for what is high or critical, and for nothing below', () => {
    const below = ['info', 'low', 'moderate'].map((severity) => ({ ...advisory, severity }));
    const critical = { ...advisory, id: 'GHSA-xxxx-xxxx-xxxx', severity: 'critical' };
    expect(judge([advisory, critical, ...below], [], delivered).open).toEqual([advisory, critical]);
    expect(judge([advisory, critical], [acceptance], delivered)).toEqual({
      open: [critical],
      accepted: [advisory],
      stale: [],
    });
  });

  it('takes a reason for its own advisory and package alone, and finds those for what is gone', () => {
    for (const other of [
      { ...acceptance, package: 'mqtt' },
      { ...acceptance, advisory: 'GHSA-other' },
    ])
      expect(judge([advisory], [other], delivered)).toEqual({ open: [advisory], accepted: [], stale: [other] });
  });

  it('leaves out what only developers have', () => {
    expect(judge([advisory], [], new Set(['node_modules/mqtt'])).open).toEqual([]);
  });
});

describe('accepted-advisories.json', () => {
  it('has the reason and the date of each', () => {
    expect(() =>
      parseAcceptances(readFileSync(join(import.meta.dirname, 'accepted-advisories.json'), 'utf8')),
    ).not.toThrow();
  });

  it.each([{ why: 'no' }, { reviewed: 'today' }, { package: '' }, { more: 1 }])('may not have %j', (wrong) => {
    expect(parseAcceptances(JSON.stringify([acceptance]))).toEqual([acceptance]);
    expect(() => parseAcceptances(JSON.stringify([{ ...acceptance, ...wrong }]))).toThrow('accepted-advisories.json');
  });
});
