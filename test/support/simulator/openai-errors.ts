import { type PresetError, Refusal, retryAfterHeader, type VendorErrors } from './refusal';

const USUAL: Record<number, { message: string; type: string; code: string | null }> = {
  400: { message: 'Invalid request.', type: 'invalid_request_error', code: null },
  401: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { message: 'You are not allowed to do this.', type: 'invalid_request_error', code: null },
  404: { message: 'Not found.', type: 'invalid_request_error', code: null },
  409: { message: 'Conflict.', type: 'invalid_request_error', code: null },
  429: {
    message: 'Rate limit reached for requests. Limit: 3 / min. Please try again later.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  },
  500: {
    message: 'The server had an error while processing your request. Sorry about that!',
    type: 'server_error',
    code: null,
  },
  503: {
    message: 'The engine is currently overloaded, please try again later.',
    type: 'server_error',
    code: null,
  },
};

function preset(name: PresetError): Refusal {
  const type = 'invalid_request_error';
  switch (name) {
    case 'context_too_long':
      return new Refusal(
        400,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 " +
          'tokens. Please reduce the length of the messages.',
        { type, param: 'messages', code: 'context_length_exceeded' },
      );
    case 'insufficient_quota':
      return new Refusal(
        429,
        'You exceeded your current quota, please check your plan and billing details.',
        { type: 'insufficient_quota', code: 'insufficient_quota' },
      );
    case 'content_filtered':
      return new Refusal(
        400,
        'Your request was flagged as potentially violating our usage policy. Please try again with a ' +
          'different prompt.',
        { type, code: 'content_policy_violation' },
      );
  }
}

/** As the vendor shows a wrong key back: its beginning and its end. */
function masked(key: string): string {
  return key.length <= 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}`;
}

export const openaiErrors: VendorErrors = {
  usualFailure: 500,
  render(refusal) {
    const usual = USUAL[refusal.status] ??
      USUAL[refusal.status >= 500 ? 500 : 400] ?? { message: 'Error.', type: 'api_error', code: null };
    const { code, param, type, retryAfter } = refusal.detail;
    return {
      body: {
        error: {
          message: refusal.message || usual.message,
          type: type ?? usual.type,
          param: param ?? null,
          code: code === undefined ? usual.code : code,
        },
      },
      headers: retryAfterHeader(retryAfter),
    };
  },
  preset,
  missingKey: () =>
    new Refusal(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using " +
        'Bearer auth (i.e. Authorization: Bearer YOUR_KEY).',
      { code: null },
    ),
  badKey: (key) =>
    new Refusal(
      401,
      `Incorrect API key provided: ${masked(key)}. You can find your API key at ` +
        'https://platform.openai.com/account/api-keys.',
    ),
  deniedKey: () => new Refusal(403, 'You do not have access to this project.', { code: 'access_denied' }),
  unknownRoute: (method, path) => new Refusal(404, `Invalid URL (${method} ${path})`),
  invalidJson: () =>
    new Refusal(400, 'We could not parse the JSON body of your request. The API expects a JSON payload.'),
};

export function missingParameter(name: string): Refusal {
  return new Refusal(400, `Missing required parameter: '${name}'.`, {
    param: name,
    code: 'missing_required_parameter',
  });
}

export function invalidValue(param: string, message: string, code = 'invalid_value'): Refusal {
  return new Refusal(400, message, { param, code });
}

export function unknownModel(model: string): Refusal {
  return new Refusal(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    code: 'model_not_found',
  });
}
