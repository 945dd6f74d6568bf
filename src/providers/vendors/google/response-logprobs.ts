import { type TokenLogprob } from '../../contract/completion';
import { asList, asObject, type JsonObject, readObject } from '../../contract/usage-builder';

interface Candidate {
  readonly token: string;
  readonly logprob: number;
}

/** `logprobsResult` of a candidate (`LogprobsResult` of @google/genai 3.1.0, 2026-11); null when it has none. */
export function readLogprobs(candidate: JsonObject | null): TokenLogprob[] | null {
  const result = readObject(candidate, 'logprobsResult');
  if (!result || !Array.isArray(result.chosenCandidates)) return null;
  const top = asList(result.topCandidates);
  return asList(result.chosenCandidates).flatMap((entry, index): TokenLogprob[] => {
    const chosen = readCandidate(entry);
    if (!chosen) return [];
    const others = asList(asObject(top[index])?.candidates).map(readCandidate);
    return [{ ...chosen, top: others.filter((other) => other !== null) }];
  });
}

/** A zero is left out of Google's JSON: a probability of one. */
function readCandidate(entry: unknown): Candidate | null {
  const candidate = asObject(entry);
  if (typeof candidate?.token !== 'string') return null;
  const { token, logProbability } = candidate;
  return { token, logprob: typeof logProbability === 'number' ? logProbability : 0 };
}
