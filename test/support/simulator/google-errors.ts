import { type PresetError, Refusal, type VendorErrors } from './refusal';

const USUAL: Record<number, { message: string; status: string }> = {
  400: { message: 'Request contains an invalid argument.', status: 'INVALID_ARGUMENT' },
  401: {
    message: 'Request had invalid authentication credentials.',
    status: 'UNAUTHENTICATED',
  },
  403: { message: 'The caller does not have permission', status: 'PERMISSION_DENIED' },
  404: { message: 'Requested entity was not found.', status: 'NOT_FOUND' },
  409: { message: 'The operation was aborted.', status: 'ABORTED' },
  429: {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    status: 'RESOURCE_EXHAUSTED',
  },
  499: { message: 'The operation was cancelled.', status: 'CANCELLED' },
  500: { message: 'An internal error has occurred. Please retry.', status: 'INTERNAL' },
  503: { message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' },
  504: { message: 'The request timed out. Please try again.', status: 'DEADLINE_EXCEEDED' },
};

const DEFAULT_RETRY_SECONDS = 7;

function preset(name: PresetError): Refusal {
  switch (name) {
    case 'context_too_long':
      return new Refusal(
        400,
        'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).',
      );
    case 'insufficient_quota':
      return new Refusal(429);
    case 'content_filtered':
      return new Refusal(400, 'The request was blocked by the safety policy.');
  }
}

function errorInfo(reason: string) {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  };
}

function quotaDetails(retryAfter: number) {
  return [
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [
        {
          quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
          quotaId: 'GenerateRequestsPerMinutePerProjectPerModel',
        },
      ],
    },
    {
      '@type': 'type.googleapis.com/google.rpc.Help',
      links: [
        {
          description: 'Learn more about Gemini API quotas',
          url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
        },
      ],
    },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` },
  ];
}

export const googleErrors: VendorErrors = {
  usualFailure: 503,
  render(refusal) {
    const usual = USUAL[refusal.status] ??
      USUAL[refusal.status >= 500 ? 500 : 400] ?? { message: 'Error.', status: 'UNKNOWN' };
    const { details, googleStatus, retryAfter } = refusal.detail;
    const allDetails =
      details ?? (refusal.status === 429 ? quotaDetails(retryAfter ?? DEFAULT_RETRY_SECONDS) : undefined);
    return {
      body: {
        error: {
          code: refusal.status,
          message: refusal.message || usual.message,
          status: googleStatus ?? usual.status,
          ...(allDetails ? { details: allDetails } : {}),
        },
      },
      headers: {},
    };
  },
  preset,
  missingKey: () =>
    new Refusal(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key " +
        'or other form of API consumer identity to call this API.',
    ),
  badKey: () =>
    new Refusal(400, 'API key not valid. Please pass a valid API key.', {
      details: [
        errorInfo('API_KEY_INVALID'),
        {
          '@type': 'type.googleapis.com/google.rpc.LocalizedMessage',
          locale: 'en-US',
          message: 'API key not valid. Please pass a valid API key.',
        },
      ],
    }),
  deniedKey: () =>
    new Refusal(403, 'Generative Language API has not been used in this project before or it is disabled.', {
      details: [errorInfo('SERVICE_DISABLED')],
    }),
  unknownRoute: () => new Refusal(404),
  invalidJson: () =>
    new Refusal(400, 'Invalid JSON payload received. Expected an object key or }.', {
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ description: 'Invalid JSON payload received.' }],
        },
      ],
    }),
};

export function unknownModel(model: string, version: string, action: string): Refusal {
  return new Refusal(
    404,
    `models/${model} is not found for API version ${version}, or is not supported for ${action}. Call ` +
      'ListModels to see the list of available models and their supported methods.',
  );
}
