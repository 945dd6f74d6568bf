import { type Answer } from './answer';
import { type JsonObject, stringAt } from './json';

/** `fast` is reported as `priority`, `auto` and nothing as `default`. */
export function servedTier(body: JsonObject, answer: Answer): string {
  if (answer.script.servedTier !== undefined) return answer.script.servedTier;
  const asked = stringAt(body, 'service_tier');
  if (asked === 'fast') return 'priority';
  return asked === undefined || asked === 'auto' ? 'default' : asked;
}
