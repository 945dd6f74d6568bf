import {
  type CompletionParameters,
  type CompletionRequest,
  type ContentPart,
  type Message,
} from '../../contract/completion';
import { checkParameters } from './parameters';
import { findMaxTokens, toCountBody, toMessagesBody } from './request';

const ask = (change: Partial<CompletionRequest>): CompletionRequest => ({
  model: 'claude-sonnet-5',
  messages: [{ role: 'user', content: 'Hi' }],
  parameters: {},
  outputLimit: null,
  ...change,
});
const body = (change: Partial<CompletionRequest>): unknown => toMessagesBody(ask(change), false);
const turns = (...messages: Message[]): unknown => toMessagesBody(ask({ messages }), false).messages;

describe('toMessagesBody', () => {
  it('sends nothing that was not asked for, and a limit always', () => {
    expect(body({})).toEqual({
      model: 'claude-sonnet-5',
      max_tokens: 4096,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(toMessagesBody(ask({}), true)).toMatchObject({ stream: true });
  });

  it("limits by the caller's word, else by the model's, else so that an answer has room", () => {
    expect(findMaxTokens(ask({ parameters: { maxTokens: 10 }, outputLimit: 64_000 }))).toBe(10);
    expect(findMaxTokens(ask({ parameters: { maxTokens: 70_000 }, outputLimit: 64_000 }))).toBe(64_000);
    expect(findMaxTokens(ask({ outputLimit: 64_000 }))).toBe(64_000);
    expect(findMaxTokens(ask({ parameters: { reasoning: { budgetTokens: 10_000 } } }))).toBe(14_096);
  });

  it('takes system prompts out of the conversation', () => {
    const messages: Message[] = [
      { role: 'system', content: 'One' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: [{ type: 'text', text: 'Two' }] },
    ];
    expect(body({ messages })).toMatchObject({
      system: [
        { type: 'text', text: 'One' },
        { type: 'text', text: 'Two' },
      ],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(body({ messages: messages.slice(0, 2) })).toMatchObject({ system: 'One' });
  });

  it("puts a turn's results and the user's words after them into one message", () => {
    const calls = [
      { id: 'a', name: 'f', arguments: {} },
      { id: 'b', name: 'g', arguments: { x: 1 } },
    ];
    expect(
      turns(
        { role: 'user', content: 'Go' },
        { role: 'assistant', content: '', toolCalls: calls },
        { role: 'tool', toolCallId: 'a', content: 'one' },
        { role: 'tool', toolCallId: 'b', content: '' },
        { role: 'user', content: 'And?' },
      ),
    ).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Go' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
          { type: 'tool_use', id: 'b', name: 'g', input: { x: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'one' }] },
          { type: 'tool_result', tool_use_id: 'b' },
          { type: 'text', text: 'And?' },
        ],
      },
    ]);
  });

  it("sends signed thoughts back before all else, and leaves unsigned and other vendors' ones out", () => {
    const reasoning = [
      { text: 'mine', signature: 'sig' },
      { text: '', redacted: 'blob', origin: 'anthropic' },
      { text: 'unsigned' },
      { text: "another vendor's", signature: 'other', origin: 'google' },
      { text: '', redacted: 'other', origin: 'openai' },
    ];
    const sent = turns({ role: 'user', content: 'Go' }, { role: 'assistant', content: 'Yes', reasoning });
    expect(JSON.stringify(sent)).not.toContain('other');
    expect(sent).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'mine', signature: 'sig' },
          { type: 'redacted_thinking', data: 'blob' },
          { type: 'text', text: 'Yes' },
        ],
      },
    ]);
  });

  it('leaves out a turn that was nothing but thoughts of another vendor', () => {
    const reasoning = [{ text: 'Hm.', signature: 's', origin: 'google' }];
    expect(
      turns({ role: 'user', content: 'A' }, { role: 'assistant', content: null, reasoning }),
    ).toHaveLength(1);
  });

  it("makes ids of calls that it does not take into ones that it does, and their results' with them", () => {
    const calls = ['functions.f:0', 'functions_f:0', 'a'].map((id) => ({ id, name: 'f', arguments: {} }));
    const sent = turns(
      { role: 'assistant', content: null, toolCalls: calls },
      ...calls.map(({ id }): Message => ({ role: 'tool', toolCallId: id, content: '' })),
    ) as { content: { id?: string; tool_use_id?: string }[] }[];
    const made = sent[0]?.content.map(({ id }) => id) ?? [];
    expect(made[2]).toBe('a');
    expect(new Set(made).size).toBe(3);
    for (const id of made) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(sent[1]?.content.map(({ tool_use_id }) => tool_use_id)).toEqual(made);
  });

  it('sends images by their bytes, from a data URL, and by URL', () => {
    const content = [
      { type: 'image' as const, mediaType: 'image/png', data: 'QQ==' },
      { type: 'image' as const, url: 'data:image/webp;base64,QQ==' },
      { type: 'image' as const, url: 'https://e.test/a.png' },
    ];
    expect(turns({ role: 'user', content })).toMatchObject([
      {
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QQ==' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'QQ==' } },
          { type: 'image', source: { type: 'url', url: 'https://e.test/a.png' } },
        ],
      },
    ]);
  });

  const tools = [{ name: 'f', parameters: { properties: {} } }];
  const choices: [Partial<CompletionRequest>, unknown][] = [
    [{}, undefined],
    [{ toolChoice: 'auto' }, { type: 'auto' }],
    [{ toolChoice: 'required' }, { type: 'any' }],
    [{ toolChoice: 'none' }, { type: 'none' }],
    [{ toolChoice: { name: 'f' } }, { type: 'tool', name: 'f' }],
    [{ parameters: { parallelToolCalls: false } }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { toolChoice: 'required', parameters: { parallelToolCalls: false } },
      { type: 'any', disable_parallel_tool_use: true },
    ],
    [{ toolChoice: 'none', parameters: { parallelToolCalls: false } }, { type: 'none' }],
  ];
  it.each(choices)('makes of %j the choice %j', (change, choice) => {
    const sent = toMessagesBody(ask({ tools, ...change }), false);
    expect(sent.tool_choice).toEqual(choice);
    expect(sent.tools).toEqual([{ name: 'f', input_schema: { type: 'object', properties: {} } }]);
  });

  it('closes the objects of a schema that do not say', () => {
    const schema = {
      type: 'object',
      properties: { list: { type: 'array', items: { type: ['object', 'null'], properties: {} } } },
    };
    expect(body({ responseFormat: { type: 'json_schema', schema } })).toMatchObject({
      output_config: {
        format: {
          type: 'json_schema',
          schema: {
            additionalProperties: false,
            properties: { list: { items: { additionalProperties: false } } },
          },
        },
      },
    });
  });

  const thinking: [string, CompletionParameters, unknown][] = [
    [
      'claude-sonnet-5',
      { reasoning: { effort: 'xhigh' } },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } },
    ],
    [
      'claude-opus-4-6',
      { reasoning: { effort: 'minimal' } },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
    ['some-new-name', { reasoning: { effort: 'low' } }, { thinking: { type: 'adaptive' } }],
    [
      'claude-sonnet-4-5-20250929',
      { reasoning: { effort: 'medium' } },
      { thinking: { type: 'enabled', budget_tokens: 4096 } },
    ],
    ['claude-3-7-sonnet-20250219', { reasoning: { effort: 'high' } }, { thinking: { type: 'enabled' } }],
    [
      'claude-opus-4-20250514',
      { maxTokens: 3000, reasoning: { effort: 'max' } },
      { thinking: { budget_tokens: 1500 } },
    ],
    ['claude-sonnet-5', { reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }],
    [
      'claude-sonnet-4-6',
      { reasoning: { budgetTokens: 2048, effort: 'low' } },
      { thinking: { type: 'enabled', budget_tokens: 2048 }, output_config: { effort: 'low' } },
    ],
    [
      'claude-sonnet-4.5',
      { reasoning: { budgetTokens: 500 }, maxTokens: 1025 },
      { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 1025 },
    ],
    ['claude-sonnet-4-5', { reasoning: { budgetTokens: 0 } }, { thinking: { type: 'disabled' } }],
    [
      'claude-sonnet-5',
      { reasoning: { budgetTokens: 2048, effort: 'none' } },
      { thinking: { type: 'disabled' } },
    ],
    [
      'claude-sonnet-4-6',
      { reasoning: { budgetTokens: 0, effort: 'low' } },
      { thinking: { type: 'adaptive' } },
    ],
    [
      'claude-opus-4-7',
      { reasoning: { budgetTokens: 20_000 } },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, max_tokens: 24_096 },
    ],
    [
      'claude-opus-4-7',
      { reasoning: { budgetTokens: 8192 }, maxTokens: 100 },
      { output_config: { effort: 'medium' } },
    ],
    ['claude-sonnet-5', { reasoning: { budgetTokens: 1 } }, { output_config: { effort: 'low' } }],
    [
      'claude-sonnet-5',
      { reasoning: { budgetTokens: 1, effort: 'max' } },
      { output_config: { effort: 'max' } },
    ],
  ];
  it.each(thinking)('%s thinks by %j as %j', (model, parameters, expected) => {
    expect(body({ model, parameters })).toMatchObject(expected as object);
  });

  it.each<[string, CompletionParameters, object]>([
    ['claude-opus-4-7', { temperature: 1, topP: 1 }, {}],
    ['claude-sonnet-5', { temperature: 0.5, topP: 0.9, topK: 3 }, { temperature: 0.5, top_p: 0.9, top_k: 3 }],
    ['claude-sonnet-4-6', { temperature: 1, topP: 1 }, { temperature: 1 }],
    ['claude-sonnet-4-5-20250929', { topP: 1 }, { top_p: 1 }],
    ['claude-sonnet-4-5-20250929', { temperature: 1, topP: 0.9 }, { temperature: 1, top_p: 0.9 }],
  ])('%s samples by %j as %j', (model, parameters, expected) => {
    const { temperature, top_p, top_k } = body({ model, parameters }) as Record<string, unknown>;
    expect({ temperature, top_p, top_k }).toEqual(expected);
  });

  it.each<[CompletionRequest['toolChoice'], boolean]>([
    ['required', true],
    [{ name: 'f' }, true],
    ['auto', false],
    ['none', false],
  ])('refuses the tool choice %j for a model that thinks by a budget: %s', (toolChoice, refused) => {
    const change = { tools: [{ name: 'f', parameters: {} }], toolChoice };
    const parameters = { reasoning: { effort: 'high' as const } };
    const asked = { ...change, parameters, model: 'claude-sonnet-4-5' };
    if (refused) expect(() => body(asked)).toThrow(/^toolChoice: Anthropic's claude-sonnet-4-5/);
    else expect(() => body(asked)).not.toThrow();
    expect(() => body({ ...change, parameters })).not.toThrow();
  });

  it.each([
    ['max', 64_000, undefined, 32_768],
    ['max', 32_000, undefined, 25_600],
    ['max', 8192, undefined, 6553],
    ['high', 4096, undefined, 3276],
    ['low', 1100, undefined, 1024],
    ['high', 8192, 100_000, 6553],
    ['high', 8192, 6000, 3000],
    ['max', null, undefined, 32_768],
  ] as const)('thinks by %s under the limit %s of the model and %s of the caller with %s', (...row) => {
    const [effort, outputLimit, maxTokens, budget] = row;
    const parameters = { maxTokens, reasoning: { effort } };
    const sent = toMessagesBody(ask({ model: 'claude-opus-4-20250514', parameters, outputLimit }), false);
    expect(sent.thinking).toEqual({ type: 'enabled', budget_tokens: budget });
    expect(sent.max_tokens).toBeGreaterThan(budget);
    if (outputLimit !== null) expect(sent.max_tokens).toBeLessThanOrEqual(outputLimit);
  });

  it.each([
    [{ reasoning: { budgetTokens: 8192 } }, 8192],
    [{ maxTokens: 20_000, reasoning: { budgetTokens: 10_000 } }, 8192],
  ])('refuses the budget of %j under a limit of %i by name', (parameters, outputLimit) => {
    expect(() => body({ model: 'claude-sonnet-4-6', parameters, outputLimit })).toThrow(
      expect.objectContaining({
        kind: 'invalid_request',
        message: expect.stringMatching(/^parameters\.reasoning\.budgetTokens: .* 8192 tokens/) as string,
      }) as Error,
    );
  });

  it('takes a budget just under the limit, and refuses an effort that a limit has no room for', () => {
    const parameters = { reasoning: { budgetTokens: 8191 } };
    const sent = body({ model: 'claude-sonnet-4-6', parameters, outputLimit: 8192 });
    expect(sent).toMatchObject({ max_tokens: 8192, thinking: { budget_tokens: 8191 } });
    const effort = { model: 'claude-sonnet-4-5', parameters: { reasoning: { effort: 'low' as const } } };
    expect(() => body({ ...effort, outputLimit: 1024 })).toThrow(
      /^parameters\.reasoning\.effort: .*1024 tokens/,
    );
  });

  it('refuses by name what it cannot say', () => {
    const parameters = { maxTokens: 1500, reasoning: { effort: 'low' as const } };
    expect(() => body({ model: 'claude-sonnet-4-5', parameters })).toThrow(
      /^parameters\.reasoning\.effort: /,
    );
    expect(() => body({ responseFormat: { type: 'json_object' } })).toThrow(/^responseFormat: /);
    expect(() => body({ parameters: { seed: 1 } })).toThrow(/^parameters\.seed: .*Anthropic/);
  });
});

describe('checkParameters of Anthropic', () => {
  const rows: [CompletionParameters, string[]][] = [
    [{ temperature: 1, topP: 0.1, topK: 5, maxTokens: 1, stop: ['a'] }, []],
    [{ temperature: 1.1 }, ['temperature']],
    [{ frequencyPenalty: 0, presencePenalty: 0, seed: 0 }, ['frequencyPenalty', 'presencePenalty', 'seed']],
    [{ serviceTier: 'flex' }, ['serviceTier']],
    [{ reasoning: { budgetTokens: 1000 } }, []],
    [{ reasoning: { budgetTokens: 2000 }, maxTokens: 2000 }, []],
    [{ reasoning: { effort: 'low' }, temperature: 0.5, topK: 1, topP: 0.9 }, ['temperature', 'topK', 'topP']],
    [{ reasoning: { effort: 'low' }, temperature: 1, topP: 0.95 }, []],
    [{ reasoning: { effort: 'none' }, temperature: 0.5 }, []],
  ];
  it.each(rows)('of %j refuses %j', (parameters, fields) => {
    expect(checkParameters(parameters, 'claude-sonnet-5').map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    [{ reasoning: { budgetTokens: 1000 } }, []],
    [{ reasoning: { budgetTokens: 1000 }, maxTokens: 1024 }, ['reasoning.budgetTokens']],
    [{ reasoning: { budgetTokens: 2000 }, maxTokens: 2000 }, ['reasoning.budgetTokens']],
    [{ reasoning: { budgetTokens: 2000 }, maxTokens: 2001 }, []],
  ])('of %j for a model that takes a budget refuses %j', (parameters, fields) => {
    expect(checkParameters(parameters, 'claude-sonnet-4-5').map(({ field }) => field)).toEqual(fields);
  });
});

describe('what a request may say beyond text', () => {
  const schema = { type: 'object', properties: { a: { type: 'object', properties: {} } } };
  const format = (change: object) =>
    body({ responseFormat: { type: 'json_schema', schema, description: 'A sum.', ...change } });

  it('closes the schema of a strict tool, and leaves that of another one as it is', () => {
    const tools = [
      { name: 'f', parameters: schema, strict: true },
      { name: 'g', parameters: schema, strict: false },
    ];
    expect(body({ tools })).toMatchObject({
      tools: [
        {
          name: 'f',
          strict: true,
          input_schema: {
            additionalProperties: false,
            properties: { a: { type: 'object', additionalProperties: false } },
          },
        },
        { name: 'g', input_schema: schema },
      ],
    });
    expect(JSON.stringify(body({ tools: tools.slice(1) }))).not.toMatch(/strict|additionalProperties/);
  });

  it('says what an answer is for in its schema, and refuses to say two things', () => {
    const described = { output_config: { format: { schema: { description: 'A sum.' } } } };
    expect(format({})).toMatchObject(described);
    expect(format({ schema: { ...schema, description: 'A sum.' } })).toMatchObject(described);
    expect(() => format({ schema: { ...schema, description: 'Another.' } })).toThrow(
      /^responseFormat\.description: Anthropic/,
    );
  });

  it.each<[ContentPart, unknown]>([
    [
      { type: 'document', mediaType: 'text/markdown', data: 'R3LDvMOfZQ==', name: 'a.md' },
      { type: 'document', title: 'a.md', source: { type: 'text', media_type: 'text/plain', data: 'Grüße' } },
    ],
    [
      { type: 'document', url: 'data:application/pdf;base64,AAAA' },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
    ],
    [
      { type: 'document', url: 'https://x.test/a' },
      { type: 'document', source: { type: 'url', url: 'https://x.test/a' } },
    ],
    [
      { type: 'image', url: 'https://x.test/a.png', detail: 'low' },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
    ],
  ])('%j is the block %j', (part, block) => {
    expect(turns({ role: 'user', content: [part] })).toEqual([{ role: 'user', content: [block] }]);
  });

  it.each<[ContentPart]>([
    [{ type: 'document', url: 'https://x.test/a.csv', mediaType: 'text/csv' }],
    [{ type: 'document', mediaType: 'application/zip', data: 'AAAA' }],
    [{ type: 'audio', mediaType: 'audio/wav', data: 'AAAA' }],
  ])('%j is refused by its place', (part) => {
    const messages: Message[] = [
      { role: 'user', content: 'Hi' },
      { role: 'user', content: [part] },
    ];
    expect(() => turns(...messages)).toThrow(
      expect.objectContaining({
        field: 'messages[1].content',
        message: expect.stringContaining('Anthropic') as string,
      }) as Error,
    );
  });

  it('counts what is input, and leaves the rest of a request out', () => {
    const counted = toCountBody(
      ask({
        tools: [{ name: 'f', parameters: schema }],
        parameters: { maxTokens: 5, temperature: 0.5, stop: ['x'], serviceTier: 'default' },
        user: 'u',
      }),
    );
    expect(Object.keys(counted)).toEqual(['model', 'messages', 'tools']);
  });

  it('takes the tier that every vendor has by its own name', () => {
    expect(body({ parameters: { serviceTier: 'default' } })).toMatchObject({ service_tier: 'standard_only' });
  });
});
