import { type CompletionParameters } from '../../contract/completion';
import { type FieldProblem } from '../../contract/strategy';

/** The chat protocol stops at four sequences (OpenAI API reference, `stop`, 2026-11). */
export const MAX_STOP_SEQUENCES = 4;

/** What OpenAI's chat protocol has no field for. */
export function checkChatParameters(parameters: CompletionParameters): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (parameters.topK !== undefined) {
    problems.push({ field: 'topK', message: 'The chat protocol of OpenAI has no top-k. Leave it out.' });
  }
  if ((parameters.stop?.length ?? 0) > MAX_STOP_SEQUENCES) {
    problems.push({
      field: 'stop',
      message: `The chat protocol of OpenAI takes at most ${MAX_STOP_SEQUENCES} stop sequences.`,
    });
  }
  return problems;
}
