import { expect, test } from 'vitest';
import { CampusError, errorCodes } from '../../../contract/errors.ts';
import { problemOf, toProblem } from '../../../gateway/http/problem.ts';

test('an error of the product keeps its code, status and message', () => {
  expect(toProblem(new CampusError('not_found', 'expected a device, got x'))).toEqual({
    type: 'urn:campus-edge:error:not_found',
    title: errorCodes.not_found.en,
    status: 404,
    code: 'not_found',
    detail: 'expected a device, got x',
  });
});

test.each([
  new TypeError('cannot read /var/lib/secret'),
  new CampusError('queue_failed', 'disk /dev/sda1 is gone'),
  'a thrown string',
  undefined,
])('an error of the inside tells nothing: %s', (error) => {
  const problem = toProblem(error);
  expect(problem).toMatchObject({ code: 'internal', status: 500 });
  expect(JSON.stringify(problem)).not.toMatch(/secret|sda1|thrown/);
});

test('every code has a document', () => {
  expect(problemOf('store_unavailable', 'x').status).toBe(503);
  expect(problemOf('queue_full', 'x').status).toBe(500);
});
