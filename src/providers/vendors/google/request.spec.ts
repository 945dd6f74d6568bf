import { type CompletionParameters, type CompletionRequest, type Message } from '../../contract/completion';
import { checkParameters } from './parameters';
import { toGenerateBody } from './request';

const ask = (change: Partial<CompletionRequest>): CompletionRequest => ({
  model: 'gemini-2.5-flash',
  messages: [{ role: 'user', content: 'Hi' }],
  parameters: {},
  outputLimit: null,
  ...change,
});
const body = (change: Partial<CompletionRequest>): unknown => toGenerateBody(ask(change));
const contents = (model: string, ...messages: Message[]): unknown =>
  toGenerateBody(ask({ model, messages })).contents;

const CALLS: Message = {
  role: 'assistant',
  content: 'Wait',
  reasoning: [{ text: 'Hm.', signature: 'x' }],
  toolCalls: [
    { id: 'fc_1', name: 'f', arguments: { a: 1 }, signature: 'sig' },
    { id: 'call_made_0123_1', name: 'g', arguments: {} },
  ],
};

describe('toGenerateBody', () => {
  it('sends nothing that was not asked for', () => {
    expect(body({})).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
  });

  it('sends sampling by its own names', () => {
    const parameters: CompletionParameters = {
      maxTokens: 5,
      temperature: 0,
      topP: 0.5,
      topK: 4,
      frequencyPenalty: 1,
      presencePenalty: -1,
      seed: 0,
      stop: ['x'],
      serviceTier: 'flex',
      parallelToolCalls: true,
    };
    expect(body({ parameters })).toMatchObject({
      generationConfig: {
        maxOutputTokens: 5,
        temperature: 0,
        topP: 0.5,
        topK: 4,
        frequencyPenalty: 1,
        presencePenalty: -1,
        seed: 0,
        stopSequences: ['x'],
      },
      serviceTier: 'flex',
    });
  });

  it('sends signatures back with their calls, and results by the names of their functions', () => {
    const sent = contents(
      'gemini-3.8-flash',
      { role: 'user', content: 'Go' },
      CALLS,
      { role: 'tool', toolCallId: 'fc_1', content: '{"sky":"blue"}' },
      { role: 'tool', toolCallId: 'call_made_0123_1', content: 'plain' },
      { role: 'user', content: 'And?' },
    );
    expect(sent).toEqual([
      { role: 'user', parts: [{ text: 'Go' }] },
      {
        role: 'model',
        parts: [
          { text: 'Wait' },
          { functionCall: { id: 'fc_1', name: 'f', args: { a: 1 } }, thoughtSignature: 'sig' },
          { functionCall: { name: 'g', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'fc_1', name: 'f', response: { sky: 'blue' } } },
          { functionResponse: { name: 'g', response: { output: 'plain' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'And?' }] },
    ]);
  });

  it('sends a result that is nested too deeply to be written as the text that it is', () => {
    const content = `${'{"a":'.repeat(6_000)}1${'}'.repeat(6_000)}`;
    const sent = contents('gemini-3.8-flash', CALLS, { role: 'tool', toolCallId: 'fc_1', content });
    expect(sent).toMatchObject([{}, { parts: [{ functionResponse: { response: { output: content } } }] }]);
    expect(() => JSON.stringify(sent)).not.toThrow();
  });

  it('stands in for the signature of calls that another model made, where one is needed', () => {
    const foreign: Message = {
      role: 'assistant',
      content: null,
      toolCalls: [{ id: 'c', name: 'f', arguments: {} }],
    };
    const signed = { functionCall: { id: 'c' }, thoughtSignature: 'skip_thought_signature_validator' };
    expect(contents('gemini-3.8-flash', foreign)).toMatchObject([{ parts: [signed] }]);
    expect(JSON.stringify(contents('gemini-2.5-flash', foreign))).not.toContain('thoughtSignature');
  });

  it('sends images as bytes, from a data URL, and by URL, in results too', () => {
    const content = [
      { type: 'image' as const, mediaType: 'image/png', data: 'QQ==' },
      { type: 'image' as const, url: 'data:image/webp;base64,QQ==' },
      { type: 'image' as const, url: 'https://e.test/a.JPG?x=1' },
      { type: 'image' as const, url: 'https://e.test/a' },
    ];
    const parts = [
      { inlineData: { mimeType: 'image/png', data: 'QQ==' } },
      { inlineData: { mimeType: 'image/webp', data: 'QQ==' } },
      { fileData: { mimeType: 'image/jpeg', fileUri: 'https://e.test/a.JPG?x=1' } },
      { fileData: { fileUri: 'https://e.test/a' } },
    ];
    expect(contents('gemini-2.5-flash', { role: 'user', content })).toEqual([{ role: 'user', parts }]);
    expect(contents('gemini-3.8-flash', CALLS, { role: 'tool', toolCallId: 'fc_1', content })).toMatchObject([
      {},
      { parts: [{ functionResponse: { name: 'f', response: { output: '' }, parts } }] },
    ]);
  });

  it('refuses a result without its call', () => {
    expect(() => contents('gemini-2.5-flash', { role: 'tool', toolCallId: 'nope', content: 'x' })).toThrow(
      /^messages\[0\]\.toolCallId: /,
    );
  });

  const thinking: [string, CompletionParameters['reasoning'], unknown][] = [
    ['gemini-2.5-flash', undefined, undefined],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { effort: 'medium' }, { thinkingBudget: 8192, includeThoughts: true }],
    ['gemini-2.5-pro', { budgetTokens: 500 }, { thinkingBudget: 500, includeThoughts: true }],
    ['gemini-2.5-flash', { budgetTokens: 0 }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { effort: 'low', budgetTokens: 9 }, { thinkingBudget: 1024, includeThoughts: true }],
    ['gemini-3-flash-preview', { effort: 'minimal' }, { thinkingLevel: 'minimal', includeThoughts: true }],
    ['gemini-3.8-flash', { effort: 'minimal' }, { thinkingLevel: 'low', includeThoughts: true }],
    [
      'gemini-3.8-flash',
      { effort: 'high', budgetTokens: 9 },
      { thinkingLevel: 'high', includeThoughts: true },
    ],
    ['gemini-3.8-flash', { effort: 'none' }, { thinkingLevel: 'low' }],
    ['gemini-3.6-flash', { effort: 'none' }, { thinkingLevel: 'minimal' }],
    ['gemini-3.9-flash-lite', { effort: 'none' }, { thinkingLevel: 'minimal' }],
    ['models/gemini-3.1-pro-preview', { effort: 'none' }, { thinkingLevel: 'low' }],
    ['gemini-4-flash', { effort: 'none' }, { thinkingLevel: 'low' }],
    ['models/gemini-4-argon', { effort: 'max' }, { thinkingLevel: 'high', includeThoughts: true }],
  ];
  it.each(thinking)('%s thinks by %j as %j', (model, reasoning, thinkingConfig) => {
    const sent = toGenerateBody(ask({ model, parameters: { reasoning } }));
    expect(sent.generationConfig?.thinkingConfig).toEqual(thinkingConfig);
  });

  const tools = [{ name: 'f', description: 'd', parameters: { type: 'object', $defs: {} } }];
  const choices: [CompletionRequest['toolChoice'], unknown][] = [
    [undefined, undefined],
    ['auto', { functionCallingConfig: { mode: 'AUTO' } }],
    ['none', { functionCallingConfig: { mode: 'NONE' } }],
    ['required', { functionCallingConfig: { mode: 'ANY' } }],
    [{ name: 'f' }, { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } }],
  ];
  it.each(choices)('makes of the choice %j %j', (toolChoice, toolConfig) => {
    const sent = toGenerateBody(ask({ tools, toolChoice }));
    expect(sent.toolConfig).toEqual(toolConfig);
    expect(sent.tools).toEqual([
      { functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: tools[0]?.parameters }] },
    ]);
  });

  it.each<[CompletionRequest['toolChoice'], string]>([
    [undefined, 'VALIDATED'],
    ['auto', 'VALIDATED'],
    ['required', 'ANY'],
    ['none', 'NONE'],
  ])('keeps all calls to their schemas when one tool is strict: %j is %s', (toolChoice, mode) => {
    const some = [
      { ...tools[0], name: 'f', parameters: {} },
      { name: 'g', parameters: {}, strict: true },
    ];
    expect(body({ tools: some, toolChoice })).toMatchObject({
      toolConfig: { functionCallingConfig: { mode } },
    });
  });

  it.each([
    ['gemini-3.8-flash', 'low', { level: 'MEDIA_RESOLUTION_LOW' }],
    ['gemini-3.8-flash', 'high', { level: 'MEDIA_RESOLUTION_HIGH' }],
    ['gemini-3.8-flash', 'auto', undefined],
    ['gemini-2.5-flash', 'low', undefined],
    ['tunedModels/a', 'high', undefined],
  ] as const)('%s looks at a picture in detail %s by %j', (model, detail, mediaResolution) => {
    const content = [{ type: 'image' as const, mediaType: 'image/png', data: 'QQ==', detail }];
    const sent = contents(model, { role: 'user', content }, CALLS, {
      role: 'tool',
      toolCallId: 'fc_1',
      content,
    });
    const inlineData = { mimeType: 'image/png', data: 'QQ==' };
    expect(sent).toMatchObject([
      { parts: [{ inlineData, ...(mediaResolution && { mediaResolution }) }] },
      {},
      { parts: [{ functionResponse: { parts: [{ inlineData }] } }] },
    ]);
    expect(JSON.stringify(sent).match(/mediaResolution/g) ?? []).toHaveLength(mediaResolution ? 1 : 0);
  });

  it('asks for JSON, with a schema or without', () => {
    const schema = { type: 'object' };
    expect(body({ responseFormat: { type: 'json_schema', schema } })).toMatchObject({
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema },
    });
    expect(body({ responseFormat: { type: 'json_object' } })).toMatchObject({
      generationConfig: { responseMimeType: 'application/json' },
    });
  });
});

describe('checkParameters of Google', () => {
  const rows: [CompletionParameters, string, string[]][] = [
    [{ temperature: 2, topK: 1, seed: 1, frequencyPenalty: 1 }, 'gemini-2.5-pro', []],
    [{ stop: ['1', '2', '3', '4', '5', '6'] }, 'gemini-2.5-pro', ['stop']],
    [{ parallelToolCalls: false }, 'gemini-2.5-pro', []],
    [{ verbosity: 'low' }, 'gemini-2.5-pro', ['verbosity']],
    [{ serviceTier: 'gold' }, 'gemini-2.5-pro', ['serviceTier']],
    [{ reasoning: { effort: 'none' } }, 'gemini-3.8-flash', []],
    [{ reasoning: { effort: 'low', budgetTokens: 1 } }, 'gemini-2.5-flash', []],
  ];
  it.each(rows)('of %j for %s refuses %j', (parameters, model, fields) => {
    expect(checkParameters(parameters, model).map(({ field }) => field)).toEqual(fields);
  });
});
