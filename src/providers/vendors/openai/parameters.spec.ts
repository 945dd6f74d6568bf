import { type CompletionParameters } from '../../contract/completion';
import { checkParameters } from './parameters';

describe('checkParameters of OpenAI', () => {
  const rows: [CompletionParameters, string, string[]][] = [
    [{ temperature: 2, maxTokens: 5, seed: 1, serviceTier: 'flex' }, 'gpt-4o', []],
    [{ topK: 4 }, 'gpt-4o', ['topK']],
    [{ reasoning: { budgetTokens: 5 } }, 'gpt-4o', []],
    [{ stop: ['1', '2', '3', '4', '5'] }, 'gpt-4o', ['stop']],
    [{ serviceTier: 'gold' }, 'gpt-4o', ['serviceTier']],
    [{ temperature: 0.5, topP: 0.9, reasoning: { effort: 'low' } }, 'o3-mini', ['temperature', 'topP']],
    [{ frequencyPenalty: 1, presencePenalty: -1 }, 'o1', ['frequencyPenalty', 'presencePenalty']],
    [{ temperature: 1, topP: 1, frequencyPenalty: 0, presencePenalty: 0 }, 'o3', []],
  ];
  it.each(rows)('of %j for %s refuses %j', (parameters, model, fields) => {
    expect(checkParameters(parameters, model).map(({ field }) => field)).toEqual(fields);
  });
});
