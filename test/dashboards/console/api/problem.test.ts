import { describe, expect, it } from 'vitest';
import { ApiProblem, parseProblem, toProblem } from '../../../../dashboards/console/src/api/problem.ts';

describe('parseProblem', () => {
  it('takes the code and the detail of a problem document', () => {
    const body = JSON.stringify({
      type: 'about:blank',
      title: 'x',
      status: 401,
      code: 'credentials_wrong',
      detail: 'no',
    });
    expect(parseProblem(401, body)).toMatchObject({ code: 'credentials_wrong', status: 401, message: 'no' });
  });

  it.each([
    ['an HTML page of a proxy', 502, '<html>Bad gateway</html>', 'unreachable'],
    ['a code of a newer gateway', 403, '{"code":"brand_new"}', 'forbidden'],
    ['an empty answer', 500, '', 'internal'],
    ['JSON of another kind', 404, '[1]', 'not_found'],
    ['a status without a meaning of its own', 418, '', 'answer_unexpected'],
  ])('falls back to the status for %s', (_what, status, body, code) => {
    expect(parseProblem(status, body).code).toBe(code);
  });
});

describe('toProblem', () => {
  it('keeps a problem and wraps anything else', () => {
    const problem = new ApiProblem('forbidden', 403, '');
    expect(toProblem(problem)).toBe(problem);
    expect(toProblem(new TypeError('boom')).code).toBe('answer_unexpected');
  });
});
