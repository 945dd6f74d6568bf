import {
  BadGateway,
  Conflict,
  FailedDependency,
  Forbidden,
  GatewayTimeout,
  InvalidInput,
  NotFound,
  Problem,
  TooManyRequests,
  Unauthenticated,
  Unavailable,
} from './problem';

describe('A problem', () => {
  it.each<[Problem, number, string]>([
    [new InvalidInput('x'), 400, 'invalid_input'],
    [new InvalidInput('x', { code: 'odd' }), 400, 'odd'],
    [new Unauthenticated('a', 'x'), 401, 'a'],
    [new Forbidden('a', 'x'), 403, 'a'],
    [new NotFound('The team'), 404, 'not_found'],
    [new NotFound('The model', 'model_not_found'), 404, 'model_not_found'],
    [new Conflict('a', 'x'), 409, 'a'],
    [new FailedDependency('a', 'x'), 424, 'a'],
    [new TooManyRequests('a', 'x'), 429, 'a'],
    [new BadGateway('a', 'x'), 502, 'a'],
    [new Unavailable('a', 'x'), 503, 'a'],
    [new GatewayTimeout('a', 'x'), 504, 'a'],
  ])('%# answers with its own status and code', (problem, status, code) => {
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status, code });
    expect(problem.title).not.toBe('');
  });

  it('keeps its cause, and has none when none was given', () => {
    const cause = new Error('below');
    expect(new Unavailable('a', 'x', { cause }).cause).toBe(cause);
    expect('cause' in new Unavailable('a', 'x')).toBe(false);
  });

  it('has no errors, no retry and no extensions unless they are given', () => {
    expect(new BadGateway('a', 'x')).toMatchObject({ errors: [], retryAfterSeconds: null, extensions: {} });
    const told = { errors: [{ field: 'f', message: 'm' }], retryAfterSeconds: 0, extensions: { e: 1 } };
    expect(new BadGateway('a', 'x', told)).toMatchObject(told);
  });

  it('of one field names it in the detail and apart', () => {
    expect(InvalidInput.field('a.b', 'is odd')).toMatchObject({
      message: 'a.b: is odd',
      errors: [{ field: 'a.b', message: 'is odd' }],
    });
  });
});
