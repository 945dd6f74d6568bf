import { type JsonBody } from '../codec';
import { joinPath, readContractField } from '../contract-field';
import { Fields, isJsonObject } from '../json-fields';
import { readTurns } from './generate.contents';
import { isOffered } from './generate.tools';
import { readingFor } from './spelling';

const NAMES: Readonly<Record<string, string>> = {
  maxTokens: 'generationConfig.maxOutputTokens',
  temperature: 'generationConfig.temperature',
  topP: 'generationConfig.topP',
  topK: 'generationConfig.topK',
  frequencyPenalty: 'generationConfig.frequencyPenalty',
  presencePenalty: 'generationConfig.presencePenalty',
  seed: 'generationConfig.seed',
  stop: 'generationConfig.stopSequences',
  logprobs: 'generationConfig.responseLogprobs',
  topLogprobs: 'generationConfig.logprobs',
  'reasoning.budgetTokens': 'generationConfig.thinkingConfig.thinkingBudget',
  serviceTier: 'serviceTier',
  toolChoice: 'toolConfig.functionCallingConfig',
  'toolChoice.name': 'toolConfig.functionCallingConfig.allowedFunctionNames',
};
const SCHEMAS = ['responseJsonSchema', '_responseJsonSchema', 'responseSchema'];

/** The contract's field in the words of a body of `generateContent`, spelled as the caller did. */
export function fieldName(field: string, value: JsonBody): string {
  const whole = new Fields(value, '', readingFor({ vendor: '' }));
  // A body of `countTokens` may hold the request.
  const body = whole.object('generateContentRequest') ?? whole;
  const { name, index, rest } = readContractField(field);
  if (index !== null && name === 'messages') {
    const path = readTurns(body)[index]?.path;
    return path === undefined ? 'contents' : joinPath(path, namedIn(rest, path));
  }
  if (index !== null) return toolName(body, index, rest);
  if (name.startsWith('responseFormat')) return formatName(body);
  if (name === 'reasoning' || name === 'reasoning.effort') return effortName(body);
  return spell(body, NAMES[name] ?? name);
}

/** What a message has is in its parts, but for a function's response, which is a part. */
function namedIn(rest: string, path: string): string {
  if (!/functionResponse|function_response/.test(path)) return 'parts';
  if (rest === 'toolCallId') return 'id';
  return 'response';
}

/** Functions are listed within tools; strictness is a mode of them all. */
function toolName(body: Fields, index: number, rest: string): string {
  if (rest === 'strict') return spell(body, 'toolConfig.functionCallingConfig.mode');
  const declarations = (body.objects('tools') ?? [])
    .flatMap((tool) => tool.objects('functionDeclarations') ?? [])
    .filter((declared) => isOffered(body, declared.text('name')));
  const declaration = declarations[index];
  if (!declaration) return 'tools';
  if (rest !== 'parameters') return joinPath(declaration.path, rest);
  return declaration.pathOf(
    declaration.get('parametersJsonSchema') === undefined ? 'parameters' : 'parametersJsonSchema',
  );
}

function formatName(body: Fields): string {
  const config = body.object('generationConfig');
  const schema = SCHEMAS.find((name) => config?.get(name) !== undefined);
  return spell(body, `generationConfig.${schema ?? 'responseMimeType'}`);
}

function effortName(body: Fields): string {
  const thinking = body.object('generationConfig')?.object('thinkingConfig');
  const name = ['thinkingLevel', 'thinkingBudget'].find((member) => thinking?.get(member) !== undefined);
  return spell(body, `generationConfig.thinkingConfig${name === undefined ? '' : `.${name}`}`);
}

function spell(body: Fields, path: string): string {
  let at: Fields | null = body;
  let spelled = '';
  for (const name of path.split('.')) {
    spelled = at ? at.pathOf(name) : joinPath(spelled, name);
    const next: unknown = at?.get(name);
    at = at && isJsonObject(next) ? new Fields(next, spelled, at.reading) : null;
  }
  return spelled;
}
