import { type AnswerStart, type StreamEncoder } from '../../../src/gateway/dialects/codec';
import { type DeliveredPart } from '../../../src/completions/attempt-progress';
import { type CompletionResult } from '../../../src/providers/contract/completion';

export const START: AnswerStart = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  model: 'm',
  createdAt: Date.UTC(2026, 10, 23),
};

const PLAIN: CompletionResult = {
  vendorResponseId: 'vendor-1',
  vendorModel: 'vendor-model',
  content: 'Hello.',
  reasoning: [],
  toolCalls: [],
  finishReason: { unified: 'stop', raw: null },
  metered: {
    vector: { input_text: 10, output_text: 5 },
    lines: [],
    promptTotal: 10,
    served: { tier: 'standard', region: null },
    quality: 'exact',
    flags: [],
  },
  rawUsage: null,
  vendorRequestId: null,
};

/** A result of which a table says only what matters; `metered` too. */
export function toResult(fragment: Partial<CompletionResult>): CompletionResult {
  return { ...PLAIN, ...fragment, metered: { ...PLAIN.metered, ...fragment.metered } };
}

/** The parts that a vendor's stream gives for a result: thinking, text in two pieces, calls in two pieces. */
export function listParts(result: CompletionResult): DeliveredPart[] {
  const { content, logprobs } = result;
  const middle = logprobs ? content.length : Math.ceil(content.length / 2);
  return [
    ...result.reasoning.flatMap(({ text, signature, redacted, origin }): DeliveredPart[] => [
      ...(text === '' ? [] : [{ type: 'reasoning' as const, text }]),
      {
        type: 'reasoning_end',
        ...(signature !== undefined && { signature }),
        ...(redacted !== undefined && { redacted }),
        ...(origin !== undefined && { origin }),
      },
    ]),
    ...[content.slice(0, middle), content.slice(middle)].flatMap((text): DeliveredPart[] =>
      text === '' ? [] : [{ type: 'text', text, ...(logprobs && { logprobs }) }],
    ),
    ...result.toolCalls.flatMap(({ id, name, signature, arguments: given }, index): DeliveredPart[] => {
      const text = JSON.stringify(given);
      return [
        {
          type: 'tool_call_delta',
          index,
          id,
          name,
          ...(signature !== undefined && { signature }),
          arguments: '',
        },
        { type: 'tool_call_delta', index, arguments: text.slice(0, 3) },
        { type: 'tool_call_delta', index, arguments: text.slice(3) },
      ];
    }),
    ...result.toolCalls.map((toolCall, index): DeliveredPart => ({ type: 'tool_call', index, toolCall })),
  ];
}

/** The whole stream of a result. */
export function streamOf(encoder: StreamEncoder, result: CompletionResult): string {
  const parts = listParts(result).map((part) => encoder.part(part));
  return [encoder.start(), ...parts, encoder.finish(result)].join('');
}
