import { formatDollars } from '../common/money';
import { type CallReport } from '../completions/call';
import { remembered } from '../providers/contract/remembered';
import { type Dialect } from './dialects/dialect';

/** Headers of a vendor's answer that go back to the caller; the others speak of the provider's account. */
const PASSED_BACK = [
  'content-type',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'openai-version',
  'openai-processing-ms',
  'x-gemini-service-tier',
];

export type AnswerHeaders = Record<string, string>;

export function passedBack(headers: Readonly<Record<string, string>>): AnswerHeaders {
  const passed: AnswerHeaders = {};
  for (const name of PASSED_BACK) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

/** What is known when an answer begins: its model as the caller named it, and how many attempts it took. */
export function studioHeaders(
  dialect: Dialect,
  requestId: string,
  model: string,
  attempts: number | null,
): AnswerHeaders {
  const headers: AnswerHeaders = { 'x-studio-model': headerText(model) };
  if (attempts !== null) headers['x-studio-attempts'] = String(attempts);
  return Object.assign(headers, dialect.answerHeaders(requestId));
}

/** What is known once a call is settled. A cost that is unknown is left out. */
export function reportHeaders({ priced, overheadMs }: CallReport): AnswerHeaders {
  const headers: AnswerHeaders = { 'x-studio-overhead-ms': overheadMs.toFixed(3) };
  if (priced.amount !== null) headers['x-studio-cost'] = formatDollars(priced.amount);
  return headers;
}

/** Names of models may have characters that a header cannot carry. */
const headerText = remembered((text) =>
  /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed()),
);
