import { type CompletionRequest } from '../../../src/providers/contract/completion';
import { failureOf, Stage, VENDORS } from './harness';

const WEATHER = { name: 'get_weather', parameters: { type: 'object', properties: {} }, strict: true };
const PIXEL = 'iVBORw0KGgo=';

const vendorOf = (id: string): (typeof VENDORS)[number] => {
  const vendor = VENDORS.find((one) => one.id === id);
  if (!vendor) throw new Error(`No vendor ${id}.`);
  return vendor;
};

describe('OpenAI counts tokens', () => {
  let stage: Stage;
  beforeAll(async () => (stage = await Stage.open(vendorOf('openai'))));
  afterEach(() => stage.simulator.reset());
  afterAll(() => stage.close());

  const count = async (request: CompletionRequest): Promise<number> => {
    const { strategy } = stage;
    if (!strategy.countTokens) throw new Error('The vendor counts no tokens.');
    return strategy.countTokens(request, stage.options());
  };

  it('as the vendor says', async () => {
    expect(await count(stage.scripted({ usage: { input: 321 } }))).toBe(321);
  });

  it('of all that a request holds', async () => {
    const request = stage.request({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', mediaType: 'image/png', data: PIXEL, detail: 'low' },
            { type: 'document', mediaType: 'application/pdf', data: 'JVBERi0=', name: 'a.pdf' },
            { type: 'document', url: 'https://example.com/a.pdf' },
          ],
        },
        {
          role: 'assistant',
          content: 'I look.',
          toolCalls: [{ id: 'c1', name: 'get_weather', arguments: {} }],
        },
        { role: 'tool', toolCallId: 'c1', content: 'no answer', isError: true },
      ],
      tools: [WEATHER],
      toolChoice: { name: 'get_weather' },
      responseFormat: {
        type: 'json_schema',
        name: 's',
        schema: { type: 'object', additionalProperties: false },
      },
      parameters: { reasoning: { effort: 'low' }, verbosity: 'low', maxTokens: 5 },
    });
    expect(await count(request)).toBeGreaterThan(258);
    expect(stage.sentBody()).toEqual({
      model: stage.vendor.model,
      input: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look' },
            { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'low' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
            { type: 'input_file', file_url: 'https://example.com/a.pdf' },
          ],
        },
        { role: 'assistant', content: 'I look.' },
        { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'Error: no answer' },
      ],
      tools: [{ type: 'function', ...WEATHER }],
      tool_choice: { type: 'function', name: 'get_weather' },
      reasoning: { effort: 'low' },
      text: {
        format: {
          type: 'json_schema',
          name: 's',
          schema: { type: 'object', additionalProperties: false },
          strict: true,
        },
        verbosity: 'low',
      },
    });
  });

  it('and refuses sound by name', async () => {
    const request = stage.request({
      messages: [{ role: 'user', content: [{ type: 'audio', mediaType: 'audio/wav', data: 'QQ==' }] }],
    });
    const error = await failureOf(count(request));
    expect(error).toMatchObject({ kind: 'invalid_request', field: 'messages[0].content' });
    expect(error.message).toContain('OpenAI');
  });

  it("with the vendor's own error", async () => {
    expect(await failureOf(count(stage.scripted({ status: 429 })))).toMatchObject({ kind: 'rate_limited' });
  });

  it('but a server that only speaks its protocol does not', async () => {
    const other = await Stage.open(vendorOf('openai-compatible'));
    expect('countTokens' in other.strategy).toBe(false);
    await other.close();
  });
});
