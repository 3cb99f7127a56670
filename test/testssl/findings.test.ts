import { expect, it } from 'vitest';
import { badFindings } from './findings.ts';

const good = Array.from({ length: 60 }, (_, index) => ({ id: `check_${index}`, severity: 'OK', finding: 'fine' }));

it('finds what is worse than low', () => {
  const bad = { id: 'cert_revocation', severity: 'HIGH', finding: 'Neither CRL nor OCSP URI provided' };
  const low = { id: 'HSTS', severity: 'LOW', finding: 'not offered' };
  expect(badFindings(JSON.stringify([...good, low, bad]))).toEqual([bad]);
  expect(badFindings(JSON.stringify([...good, low]))).toEqual([]);
});

it('takes a run that has looked at nothing for no answer', () => {
  expect(() => badFindings('[]')).toThrow('at least 50 findings');
  expect(() => badFindings('{"a":1}')).toThrow();
});
