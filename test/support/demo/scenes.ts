/** A call of the demo: what is sent, beside the model, and what is to be seen in its answer. */
export interface Scene {
  readonly name: string;
  readonly streamed?: boolean;
  readonly body: object;
}

/** A message's text that tells the simulator how to answer. */
function told(text: string, answer: object): string {
  return `${text} sim:${JSON.stringify(answer)}`;
}

const RED_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

/** The same six calls for every vendor. */
export const SCENES: readonly Scene[] = [
  {
    name: 'plain',
    body: { prompt: told('Say hello.', { text: 'Hello!', usage: { input: 12, output: 5 } }) },
  },
  {
    name: 'streamed',
    streamed: true,
    body: {
      prompt: told('Tell me a story.', {
        text: 'Once upon a time there was a ledger that forgot nothing.',
        chunks: 8,
        usage: { input: 15, output: 320 },
      }),
    },
  },
  {
    name: 'tool call',
    body: {
      prompt: told('How is the weather in Paris?', {
        toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }],
        usage: { input: 85, output: 22 },
      }),
      tools: [
        {
          name: 'get_weather',
          description: 'The weather of a city',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      ],
    },
  },
  {
    name: 'image',
    body: {
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'text',
              text: told('What is this?', { text: 'A red dot.', usage: { input: 275, output: 9 } }),
            },
            { type: 'image', mediaType: 'image/png', data: RED_PIXEL },
          ],
        },
      ],
    },
  },
  {
    name: 'thinking',
    body: {
      prompt: told('Is 97 a prime?', {
        thinking: 'Not divisible by 2, 3, 5 or 7.',
        text: 'Yes, 97 is a prime.',
        usage: { input: 14, output: 210, reasoning: 190 },
      }),
      parameters: { maxTokens: 4000, reasoning: { effort: 'medium' } },
    },
  },
  {
    name: 'cached',
    body: {
      prompt: told('Summarise our handbook.', {
        text: 'Be kind, be exact.',
        usage: { input: 12_000, cached: 11_000, output: 60 },
      }),
    },
  },
];
