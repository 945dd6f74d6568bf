import { type PresetError, Refusal, retryAfterHeader, type VendorErrors } from './refusal';

const USUAL: Record<number, { message: string; type: string }> = {
  400: { message: 'Invalid request.', type: 'invalid_request_error' },
  401: { message: 'invalid x-api-key', type: 'authentication_error' },
  402: { message: 'There is an issue with your billing.', type: 'billing_error' },
  403: { message: 'Your API key does not have permission to use this resource.', type: 'permission_error' },
  404: { message: 'Not found', type: 'not_found_error' },
  409: { message: 'Conflict', type: 'conflict_error' },
  413: { message: 'Request exceeds the maximum size', type: 'request_too_large' },
  429: {
    message: 'This request would exceed the rate limit for your organization.',
    type: 'rate_limit_error',
  },
  500: { message: 'Internal server error', type: 'api_error' },
  504: { message: 'The request timed out', type: 'timeout_error' },
  529: { message: 'Overloaded', type: 'overloaded_error' },
};

function preset(name: PresetError): Refusal {
  switch (name) {
    case 'context_too_long':
      return new Refusal(400, 'prompt is too long: 208310 tokens > 200000 maximum');
    case 'insufficient_quota':
      return new Refusal(
        400,
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to ' +
          'upgrade or purchase credits.',
      );
    case 'content_filtered':
      return new Refusal(400, 'Output blocked by content filtering policy');
  }
}

export const anthropicErrors: VendorErrors = {
  usualFailure: 529,
  render(refusal, requestId) {
    const usual = USUAL[refusal.status] ??
      USUAL[refusal.status >= 500 ? 500 : 400] ?? { message: 'Error', type: 'api_error' };
    const { type, retryAfter } = refusal.detail;
    return {
      body: {
        type: 'error',
        error: { type: type ?? usual.type, message: refusal.message || usual.message },
        request_id: requestId,
      },
      headers: retryAfterHeader(retryAfter),
    };
  },
  preset,
  missingKey: () => new Refusal(401, 'x-api-key header is required'),
  badKey: () => new Refusal(401),
  deniedKey: () => new Refusal(403),
  unknownRoute: () => new Refusal(404),
  invalidJson: () => new Refusal(400, 'The request body is not valid JSON'),
};
