import { InvalidInput } from '../../../common/problem';
import { type JsonBody } from '../codec';
import { generateCodec } from './generate.codec';
import { decodeCountTokens } from './generate.request';
import { toJsonSchema } from './schema';
import { sealThought } from './generate.thoughts';

const TARGET = { vendor: 'Anthropic' };
const HI = { role: 'user', parts: [{ text: 'Hi' }] };
const FUNCTIONS = { functionDeclarations: [{ name: 'f' }, { name: 'g' }] };

function decode(change: JsonBody) {
  return generateCodec.decode({ contents: [HI], ...change }, TARGET);
}

function user(...parts: JsonBody[]): JsonBody {
  return { contents: [{ role: 'user', parts }] };
}

function config(generationConfig: JsonBody): JsonBody {
  return { generationConfig };
}

function calling(functionCallingConfig: JsonBody): JsonBody {
  return { tools: [FUNCTIONS], toolConfig: { functionCallingConfig } };
}

function refusalOf(act: () => unknown): InvalidInput {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a body of generateContent', () => {
  const full = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    generationConfig: {
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      seed: -3,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
      candidateCount: 1,
      responseModalities: ['TEXT'],
    },
    serviceTier: 'flex',
    labels: { team: 'a' },
  };
  const snake = {
    system_instruction: { parts: [{ text: 'Be brief.' }] },
    generation_config: {
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      max_output_tokens: 100,
      stop_sequences: ['END'],
      seed: -3,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      response_logprobs: true,
      logprobs: 3,
      candidate_count: 1,
      response_modalities: ['TEXT'],
    },
    service_tier: 'flex',
    labels: { team: 'a' },
  };
  it.each([
    ['camelCase', full],
    ['snake_case', snake],
  ])('is a conversation with parameters in %s', (_name, body) => {
    expect(decode(body)).toEqual({
      asked: {
        messages: [
          { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        ],
      },
      parameters: {
        temperature: 0.5,
        topP: 0.9,
        topK: 5,
        maxTokens: 100,
        stop: ['END'],
        seed: -3,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        logprobs: true,
        topLogprobs: 3,
        serviceTier: 'flex',
      },
      ignored: ['labels'],
    });
  });

  it.each<[string, JsonBody, unknown]>([
    [
      'an image as bytes',
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { type: 'image', mediaType: 'image/png', data: 'AAAA' },
    ],
    [
      'an image as bytes in snake_case',
      { inline_data: { mime_type: 'image/png', data: 'AAAA' } },
      { type: 'image', mediaType: 'image/png', data: 'AAAA' },
    ],
    [
      'sound',
      { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
      { type: 'audio', mediaType: 'audio/wav', data: 'AAAA' },
    ],
    [
      'a document',
      { inlineData: { mimeType: 'application/pdf', data: 'AAAA', displayName: 'a.pdf' } },
      { type: 'document', mediaType: 'application/pdf', data: 'AAAA', name: 'a.pdf' },
    ],
    [
      'an image by its URL',
      { fileData: { fileUri: 'https://x.test/a.png' } },
      { type: 'image', url: 'https://x.test/a.png' },
    ],
    [
      'a document by its URL',
      { fileData: { fileUri: 'https://x.test/a', mimeType: 'application/pdf' } },
      { type: 'document', url: 'https://x.test/a', mediaType: 'application/pdf' },
    ],
  ])('has %s', (_name, part, expected) => {
    expect(decode(user(part)).asked.messages).toEqual([{ role: 'user', content: [expected] }]);
  });

  it('finds the call of each response by id, else by name and order', () => {
    const contents = [
      HI,
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'f', args: { n: 1 } }, thoughtSignature: 's1' },
          { functionCall: { name: 'f', args: { n: 2 } } },
          { functionCall: { id: 'own', name: 'g' } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'g', id: 'own', response: { error: 'no' } } },
          { functionResponse: { name: 'f', response: { output: 'one' } } },
          {
            functionResponse: {
              name: 'f',
              response: { a: 1 },
              parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
            },
          },
        ],
      },
    ];
    expect(decode({ contents }).asked.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: null,
        toolCalls: [
          { id: 'call_1_0', name: 'f', arguments: { n: 1 }, signature: 's1' },
          { id: 'call_1_1', name: 'f', arguments: { n: 2 } },
          { id: 'own', name: 'g', arguments: {} },
        ],
      },
      { role: 'tool', toolCallId: 'own', content: 'no', isError: true },
      { role: 'tool', toolCallId: 'call_1_0', content: 'one' },
      {
        role: 'tool',
        toolCallId: 'call_1_1',
        content: [
          { type: 'text', text: '{"a":1}' },
          { type: 'image', mediaType: 'image/png', data: 'AAAA' },
        ],
      },
    ]);
  });

  it('takes an instruction without a word for none', () => {
    for (const systemInstruction of ['', { parts: [] }, { parts: [{ text: '' }] }]) {
      expect(decode({ systemInstruction, contents: [HI] }).asked).toEqual(decode({ contents: [HI] }).asked);
    }
  });

  it('puts a turn together that was kept as it was streamed', () => {
    const model = (...parts: JsonBody[]): JsonBody => ({ role: 'model', parts });
    const contents = [
      HI,
      model({ text: 'H', thought: true }),
      model({ text: 'm', thought: true }),
      model({ text: '', thought: true, thoughtSignature: 's1' }),
      model({
        text: '',
        thought: true,
        thoughtSignature: sealThought({ redacted: 'r1', origin: 'anthropic' }),
      }),
      model({ text: 'Hel' }, { text: 'lo' }),
      model({ functionCall: { name: 'f' } }),
      model({ text: '' }),
      HI,
    ];
    expect(decode({ contents }).asked.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'Hello' }],
        reasoning: [
          { text: 'Hm', signature: 's1', origin: 'google' },
          { text: '', redacted: 'r1', origin: 'anthropic' },
        ],
        toolCalls: [{ id: 'call_6_0', name: 'f', arguments: {} }],
      },
      { role: 'user' },
    ]);
  });

  it.each<[JsonBody, unknown]>([
    [{ thinkingBudget: 2048, includeThoughts: true }, { budgetTokens: 2048 }],
    [{ thinkingBudget: 0 }, { effort: 'none' }],
    [{ thinkingBudget: -1 }, { effort: 'high' }],
    [{ includeThoughts: true }, { effort: 'high' }],
    [{ thinkingLevel: 'LOW' }, { effort: 'low' }],
    [{ thinkingLevel: 'minimal' }, { effort: 'minimal' }],
    [{ includeThoughts: false }, undefined],
  ])('%j asks for the thinking %j', (thinkingConfig, reasoning) => {
    expect(decode(config({ thinkingConfig })).parameters.reasoning).toEqual(reasoning);
  });

  it.each<[JsonBody, unknown]>([
    [{ responseMimeType: 'application/json' }, { type: 'json_object' }],
    [{ responseMimeType: 'text/plain' }, undefined],
    [
      { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } },
      { type: 'json_schema', schema: { type: 'object' } },
    ],
    [
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'object', $id: 'x' } },
      { type: 'json_schema', schema: { type: 'object', $id: 'x' } },
    ],
    [
      { responseMimeType: 'application/json', _responseJsonSchema: { type: 'object' } },
      { type: 'json_schema', schema: { type: 'object' } },
    ],
  ])('%j is the form %j', (change, format) => {
    expect(decode(config(change)).asked.responseFormat).toEqual(format);
  });

  it.each<[JsonBody, unknown, boolean | undefined]>([
    [{ mode: 'AUTO' }, 'auto', undefined],
    [{ mode: 'ANY' }, 'required', undefined],
    [{ mode: 'NONE' }, 'none', undefined],
    [{ mode: 'ANY', allowedFunctionNames: ['g'] }, { name: 'g' }, undefined],
    [{ mode: 'ANY', allowedFunctionNames: ['g', 'f'] }, 'required', undefined],
    [{ mode: 'VALIDATED' }, 'auto', true],
    [{}, 'auto', undefined],
  ])('the calling %j is the choice %j', (functionCallingConfig, toolChoice, strict) => {
    const { asked } = decode(calling(functionCallingConfig));
    expect(asked.toolChoice).toEqual(toolChoice);
    expect(asked.tools?.map((tool) => [tool.name, tool.strict])).toEqual([
      ['f', strict],
      ['g', strict],
    ]);
  });

  it.each([
    ['ANY', 'required', undefined],
    ['VALIDATED', 'auto', true],
  ])('of several names with %s no other functions are offered', (mode, toolChoice, strict) => {
    const functionDeclarations = ['f', 'g', 'h'].map((name) => ({ name }));
    const allowedFunctionNames = ['h', 'g'];
    const body = {
      tools: [{ functionDeclarations }],
      toolConfig: { functionCallingConfig: { mode, allowedFunctionNames } },
    };
    const { asked } = decode(body);
    expect(asked.toolChoice).toEqual(toolChoice);
    expect(asked.tools?.map((tool) => [tool.name, tool.strict])).toEqual([
      ['g', strict],
      ['h', strict],
    ]);
    expect(generateCodec.fieldName('tools[0].name', body)).toBe('tools[0].functionDeclarations[1].name');
  });

  it.each<[JsonBody, unknown]>([
    [
      { parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } },
      { properties: { a: { type: 'string' } } },
    ],
    [
      { parametersJsonSchema: { type: 'object', additionalProperties: false } },
      { additionalProperties: false },
    ],
    [{}, { properties: {} }],
  ])('a function with %j has the schema %j', (change, schema) => {
    const tools = [{ functionDeclarations: [{ name: 'f', description: 'F.', ...change }] }];
    expect(decode({ tools }).asked.tools).toMatchObject([
      { name: 'f', description: 'F.', parameters: { type: 'object', ...(schema as JsonBody) } },
    ]);
  });

  it.each(['OFF', 'BLOCK_NONE', 'HARM_BLOCK_THRESHOLD_UNSPECIFIED'])(
    "leaves out a filter of Google's that is %s",
    (threshold) => {
      const safetySettings = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold }];
      expect(decode({ safetySettings }).ignored).toEqual(['safetySettings']);
    },
  );

  it('counts contents alone, or a whole request', () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
    expect(decodeCountTokens({ contents: [HI] }, TARGET).asked.messages).toEqual(messages);
    const generateContentRequest = { model: 'models/m', contents: [HI] };
    expect(decodeCountTokens({ generateContentRequest }, TARGET).asked.messages).toEqual(messages);
  });

  it.each<[string, JsonBody]>([
    ['cachedContent', { cachedContent: 'cachedContents/1' }],
    ['cached_content', { cached_content: 'cachedContents/1' }],
    ['messages', { messages: [] }],
    ['store', { store: true }],
    ['tools[0].googleSearch', { tools: [{ googleSearch: {} }] }],
    ['tools[0].code_execution', { tools: [{ code_execution: {} }] }],
    [
      'tools[0].functionDeclarations[0].response',
      { tools: [{ functionDeclarations: [{ name: 'f', response: {} }] }] },
    ],
    ['toolConfig.retrievalConfig', { toolConfig: { retrievalConfig: {} } }],
    ['toolConfig.functionCallingConfig.allowedFunctionNames', calling({ allowedFunctionNames: ['g'] })],
    [
      'contents[0].parts[0].mediaResolution',
      user({ text: 'a', mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } }),
    ],
    [
      'contents[0].parts[0].mediaResolution.numTokens',
      user({ inlineData: { mimeType: 'image/png', data: 'A' }, mediaResolution: { numTokens: 5 } }),
    ],
    [
      'contents[0].parts[0].mediaResolution',
      user({
        inlineData: { mimeType: 'image/png', data: 'A' },
        mediaResolution: { level: 'MEDIA_RESOLUTION_MEDIUM' },
      }),
    ],
    ['generationConfig.candidateCount', config({ candidateCount: 2 })],
    ['generation_config.candidate_count', { generation_config: { candidate_count: 2 } }],
    ['generationConfig.responseModalities', config({ responseModalities: ['AUDIO'] })],
    ['generationConfig.speechConfig', config({ speechConfig: {} })],
    ['generationConfig.mediaResolution', config({ mediaResolution: 'MEDIA_RESOLUTION_LOW' })],
    ['generationConfig.responseMimeType', config({ responseMimeType: 'text/x.enum' })],
    ['safetySettings[0].threshold', { safetySettings: [{ threshold: 'BLOCK_LOW_AND_ABOVE' }] }],
    ['contents[0].parts[0].executableCode', user({ executableCode: {} })],
    ['contents[0].parts[0].videoMetadata', user({ text: 'a', videoMetadata: {} })],
    ['contents[0].parts[0].inlineData.mimeType', user({ inlineData: { mimeType: 'video/mp4', data: 'A' } })],
    ['contents[0].parts[0].fileData.fileUri', user({ fileData: { fileUri: 'gs://b/a.pdf' } })],
    [
      'contents[0].parts[0].fileData.fileUri',
      user({ fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a' } }),
    ],
    ['contents[0].parts[0].fileData.mimeType', user({ fileData: { fileUri: 'https://youtu.be/a' } })],
    ['__proto__', JSON.parse('{"__proto__":{}}') as JsonBody],
  ])('%s is refused by its name and the vendor', (field, change) => {
    const refusal = refusalOf(() => decode(change));
    expect(refusal.errors[0]?.field).toBe(field);
    expect(refusal.message).toContain('Anthropic');
  });

  it.each<[string, JsonBody]>([
    ['contents', { contents: null }],
    ['contents', { contents: [] }],
    ['contents', { contents: 'Hi' }],
    ['contents[0]', { contents: ['Hi'] }],
    ['contents[0].role', { contents: [{ role: 'system', parts: [{ text: 'a' }] }] }],
    ['contents[0].parts', { contents: [{ role: 'user' }] }],
    ['contents[0].parts[0]', user({})],
    ['contents[0].parts[0].text', user({ text: 1 })],
    ['contents[0].parts[0].functionResponse', user({ functionResponse: { name: 'f', response: {} } })],
    ['generationConfig', { generationConfig: [] }],
    ['generationConfig.temperature', config({ temperature: 'hot' })],
    ['generationConfig.logprobs', config({ logprobs: 3 })],
    ['generationConfig.responseSchema', config({ responseSchema: {} })],
    [
      'generationConfig.thinkingConfig.thinkingLevel',
      config({ thinkingConfig: { thinkingLevel: 'toString' } }),
    ],
    [
      'generationConfig.thinkingConfig.thinkingBudget',
      config({ thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 5 } }),
    ],
    ['toolConfig.functionCallingConfig.mode', calling({ mode: 'SOME' })],
    ['toolConfig.functionCallingConfig.allowedFunctionNames', calling({ allowedFunctionNames: ['h'] })],
    ['serviceTier', { serviceTier: 'gold' }],
  ])('a wrong %s is refused by its path', (field, change) => {
    expect(refusalOf(() => decode(change)).errors[0]?.field).toBe(field);
  });
});

it("keeps what a schema has beyond Google's own words, so that no condition goes missing", () => {
  const beyond = {
    const: 'x',
    oneOf: [{ minLength: 1 }],
    exclusiveMinimum: 0,
    multipleOf: 2,
    $defs: { a: {} },
  };
  expect(toJsonSchema({ type: 'STRING', ...beyond })).toEqual({ type: 'string', ...beyond });
  const inner = {
    type: 'OBJECT',
    properties: { a: { type: 'ARRAY', items: { not: {} }, uniqueItems: true } },
  };
  expect(toJsonSchema(inner)).toEqual({
    type: 'object',
    properties: { a: { type: 'array', items: { not: {} }, uniqueItems: true } },
  });
});

it("reads Google's schema as JSON Schema", () => {
  const schema = {
    type: 'OBJECT',
    propertyOrdering: ['b', 'a'],
    required: ['a'],
    properties: {
      a: { type: 'STRING', nullable: true, enum: ['x', 'y'], format: 'enum' },
      b: {
        type: 'ARRAY',
        minItems: '1',
        max_items: 3,
        items: { anyOf: [{ type: 'INTEGER' }, { type: 'NUMBER' }] },
      },
    },
  };
  const expected = {
    type: 'object',
    required: ['a'],
    properties: {
      b: {
        type: 'array',
        minItems: 1,
        maxItems: 3,
        items: { anyOf: [{ type: 'integer' }, { type: 'number' }] },
      },
      a: { type: ['string', 'null'], enum: ['x', 'y', null], format: 'enum' },
    },
  };
  expect(toJsonSchema(schema)).toEqual(expected);
  expect(Object.keys(toJsonSchema(schema).properties as JsonBody)).toEqual(['b', 'a']);
});

describe("the contract's fields in Google's words", () => {
  const body = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      HI,
      { role: 'model', parts: [{ functionCall: { name: 'f' } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
    ],
    tools: [FUNCTIONS, { functionDeclarations: [{ name: 'h', parameters: {} }] }],
    generation_config: { top_k: 1 },
  };
  it.each([
    ['parameters.topK', 'generation_config.top_k'],
    ['parameters.parallelToolCalls', 'parallelToolCalls'],
    ['parameters.reasoning.effort', 'generation_config.thinkingConfig'],
    ['parameters.serviceTier', 'serviceTier'],
    ['tools[2].parameters', 'tools[1].functionDeclarations[0].parameters'],
    ['tools[0].strict', 'toolConfig.functionCallingConfig.mode'],
    ['messages[0].content', 'systemInstruction.parts'],
    ['messages[1].content', 'contents[0].parts'],
    ['messages[3].content', 'contents[2].parts[0].functionResponse.response'],
  ])('%s is %s', (field, name) => {
    expect(generateCodec.fieldName(field, body)).toBe(name);
  });

  it.each([
    ['parameters.topK', 'generateContentRequest.generation_config.top_k'],
    ['messages[1].content', 'generateContentRequest.contents[0].parts'],
  ])('%s of a request that is counted is %s', (field, name) => {
    expect(generateCodec.fieldName(field, { generateContentRequest: body })).toBe(name);
  });
});

it('keeps what a schema has under any name, and what is of another type than it should be', () => {
  const odd = '{"type":"STRING","__proto__":{"x":1},"anyOf":"odd","prefixItems":1,"properties":[]}';
  expect(JSON.parse(JSON.stringify(toJsonSchema(JSON.parse(odd))))).toEqual(
    JSON.parse(odd.replace('STRING', 'string')),
  );
});
