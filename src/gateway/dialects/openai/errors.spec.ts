import { type ProblemDocument } from '../../../common/http/problem-document';
import { toOpenAiError } from './errors';

const problem = (status: number, code: string, field?: string): ProblemDocument => ({
  type: `urn:ai-studio:problem:${code}`,
  title: 'T',
  status,
  code,
  detail: 'What happened.',
  requestId: 'r-1',
  ...(field !== undefined && { errors: [{ field, message: 'wrong' }] }),
});

describe('toOpenAiError', () => {
  it.each([
    [400, 'invalid_input', 'invalid_request_error', 'invalid_input'],
    [400, 'context_too_long', 'invalid_request_error', 'context_length_exceeded'],
    [401, 'invalid_key', 'invalid_request_error', 'invalid_api_key'],
    [402, 'budget_exceeded', 'insufficient_quota', 'budget_exceeded'],
    [404, 'model_not_found', 'invalid_request_error', 'model_not_found'],
    [409, 'idempotency_key_reused', 'invalid_request_error', 'idempotency_key_reused'],
    [424, 'provider_bad_key', 'server_error', 'provider_bad_key'],
    [429, 'provider_rate_limited', 'rate_limit_error', 'rate_limit_exceeded'],
    [500, 'internal_error', 'server_error', 'internal_error'],
    [504, 'vendor_timeout', 'server_error', 'vendor_timeout'],
    [418, 'odd', 'invalid_request_error', 'odd'],
  ])('tells %i %s as %s, %s', (status, code, type, told) => {
    expect(toOpenAiError(problem(status, code), null)).toMatchObject({
      status,
      body: { error: { message: 'What happened.', type, param: null, code: told } },
    });
  });

  it('names the first wrong field', () => {
    expect(toOpenAiError(problem(400, 'invalid_input', 'messages[2].role'), null).body).toMatchObject({
      error: { param: 'messages[2].role' },
    });
  });

  it.each([
    [429, 7, { 'retry-after': '7' }],
    [409, null, { 'x-should-retry': 'false' }],
    [409, 2, { 'retry-after': '2', 'x-should-retry': 'false' }],
    [402, null, { 'x-should-retry': 'false' }],
    [500, null, {}],
  ])('sends with %i after %p s the headers %j', (status, after, headers) => {
    expect(toOpenAiError(problem(status, 'c'), after).headers).toEqual(headers);
  });
});
