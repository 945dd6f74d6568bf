import { type CompletionResult } from '../../../providers/contract/completion';
import { toEnding, toMeasures, toResponse } from './responses.response';

const START = { id: '01890a5d-ac96-774b-bcce-b302099a8057', model: 'm', createdAt: 1_700_000_000_000 };

function resultOf(unified: CompletionResult['finishReason']['unified']): CompletionResult {
  return {
    vendorResponseId: null,
    vendorModel: 'v',
    content: '',
    reasoning: [],
    toolCalls: [],
    finishReason: { unified, raw: null },
    metered: {
      vector: null,
      lines: [],
      promptTotal: 0,
      served: { tier: 'standard', region: null },
      quality: 'missing',
      flags: [],
    },
    rawUsage: null,
    vendorRequestId: null,
  };
}

beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(START.createdAt + 3000));
afterEach(() => jest.restoreAllMocks());

describe('an answer of Responses', () => {
  it("has all members that OpenAI's types ask for", () => {
    const answer = toResponse(START, {}, toEnding(resultOf('stop')));
    const needed =
      'id access_programs created_at error incomplete_details instructions metadata model object output ' +
      'parallel_tool_calls temperature tool_choice tools top_p';
    expect(Object.keys(answer)).toEqual(expect.arrayContaining(needed.split(' ')));
  });

  it('repeats the tools, with the members that were left out', () => {
    const tools = [
      { type: 'function', name: 'f' },
      { type: 'function', name: 'g', description: 'd', parameters: {}, strict: true },
    ];
    expect(toResponse(START, { tools }, toEnding(resultOf('stop'))).tools).toEqual([
      { type: 'function', name: 'f', description: null, parameters: null, strict: null },
      tools[1],
    ]);
  });

  it.each([
    ['stop', 1_700_000_003],
    ['tool_calls', 1_700_000_003],
    ['length', null],
    ['error', null],
  ] as const)('that ended by %s was complete at %p', (reason, at) => {
    const result = resultOf(reason);
    expect(toMeasures(START, result, toEnding(result)).completed_at).toBe(at);
  });
});
