import { type Prompt } from './answer';
import { unknownModel } from './google-errors';
import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from './json';
import { Refusal } from './refusal';

const FOREIGN = [
  'messages',
  'system',
  'max_tokens',
  'temperature',
  'top_p',
  'stream',
  'stop',
  'tool_choice',
  'response_format',
];

/** A field by its name in camelCase or, as the vendor takes it too, in snake_case. */
function field(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  return value[name] ?? value[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isObject) : [];
}

export function readGenerateRequest(
  body: JsonObject,
  model: string,
  version: string,
  action: string,
): Prompt {
  if (model.startsWith('missing-')) throw unknownModel(model, version, action);
  for (const name of FOREIGN) {
    if (name in body) {
      throw new Refusal(400, `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`);
    }
  }
  const contents = objectsAt(body, 'contents');
  if (contents.length === 0) {
    throw new Refusal(400, '* GenerateContentRequest.contents: contents is not specified\n');
  }
  checkContents(contents, model);
  const config = field(body, 'generationConfig');
  checkConfig(config);
  const declarations = objects(body.tools).flatMap((tool) => objects(field(tool, 'functionDeclarations')));
  checkDeclarations(declarations);
  const calling = field(field(body, 'toolConfig'), 'functionCallingConfig');
  const last = contents.at(-1);
  const results = partsOf(last)
    .map((part) => field(part, 'functionResponse'))
    .filter(isObject);
  const lastUser = contents.findLast((content) => content.role !== 'model' && textOf(content) !== '');
  const thinking = field(config, 'thinkingConfig');
  const everything = [asContent(field(body, 'systemInstruction')), ...contents];
  const stops = field(config, 'stopSequences');
  return {
    model,
    stream: action === 'streamGenerateContent',
    lastUserText: lastUser ? textOf(lastUser) : '',
    toolResult:
      results.length > 0 ? results.map((result) => resultText(result.response)).join(' ') : undefined,
    allText:
      everything.map(allTextOf).join(' ') + (declarations.length > 0 ? JSON.stringify(declarations) : ''),
    images: contents.flatMap(partsOf).filter((part) => field(part, 'inlineData') ?? field(part, 'fileData'))
      .length,
    tools: declarations.map((tool) => ({
      name: stringAt(tool, 'name') ?? '',
      schema: field(tool, 'parametersJsonSchema') ?? tool.parameters,
    })),
    toolChoice: readToolChoice(calling),
    json: readFormat(config),
    reasoning: isObject(thinking) && field(thinking, 'thinkingBudget') !== 0,
    maxOutputTokens: numberAt({ limit: field(config, 'maxOutputTokens') }, 'limit'),
    stop: Array.isArray(stops) ? stops.filter((stop): stop is string => typeof stop === 'string') : [],
    candidates: Math.max(1, numberAt({ count: field(config, 'candidateCount') }, 'count') ?? 1),
  };
}

export function wantsThoughts(body: JsonObject): boolean {
  return field(field(field(body, 'generationConfig'), 'thinkingConfig'), 'includeThoughts') === true;
}

export function wantsLogprobs(body: JsonObject): boolean {
  return field(field(body, 'generationConfig'), 'responseLogprobs') === true;
}

function partsOf(content: unknown): JsonObject[] {
  return objectsAt(content, 'parts');
}

/** A system instruction may be a text, a part or a content. */
function asContent(value: unknown): unknown {
  if (typeof value === 'string') return { parts: [{ text: value }] };
  return isObject(value) && value.parts === undefined ? { parts: [value] } : value;
}

export function textOf(content: unknown): string {
  return partsOf(content)
    .map((part) => stringAt(part, 'text') ?? '')
    .filter((text) => text !== '')
    .join(' ');
}

function allTextOf(content: unknown): string {
  const others = partsOf(content).map(
    (part) => field(part, 'functionCall') ?? field(part, 'functionResponse'),
  );
  return [textOf(content), ...others.map((other) => (other ? JSON.stringify(other) : ''))].join(' ').trim();
}

function resultText(response: unknown): string {
  const only =
    isObject(response) && Object.keys(response).length === 1 ? Object.values(response)[0] : response;
  return typeof only === 'string' ? only : JSON.stringify(response ?? {});
}

function checkContents(contents: JsonObject[], model: string): void {
  let called = 0;
  for (const content of contents) {
    const role = stringAt(content, 'role') ?? 'user';
    if (!['user', 'model', 'function'].includes(role)) {
      throw new Refusal(400, 'Please use a valid role: user, model.');
    }
    const parts = partsOf(content);
    if (parts.length === 0) {
      throw new Refusal(
        400,
        '* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.\n',
      );
    }
    parts.forEach(checkPart);
    const results = parts.filter((part) => field(part, 'functionResponse') !== undefined).length;
    if (results > 0 && called === 0) {
      throw new Refusal(
        400,
        'Please ensure that function response turn comes immediately after a function call turn.',
      );
    }
    if (called > 0 && results !== called) {
      throw new Refusal(
        400,
        'Please ensure that the number of function response parts is equal to the number of function call ' +
          'parts of the function call turn.',
      );
    }
    called = role === 'model' ? checkCalls(parts, model) : 0;
  }
}

const PART_DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
];

function checkPart(part: JsonObject): void {
  for (const name of ['type', 'image_url', 'source']) {
    if (name in part) {
      throw new Refusal(
        400,
        `Invalid JSON payload received. Unknown name "${name}" at 'contents[0].parts[0]': Cannot find field.`,
      );
    }
  }
  if (PART_DATA.some((name) => field(part, name) !== undefined)) return;
  throw new Refusal(
    400,
    "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n",
  );
}

/** Gemini 3 wants the signature of its first function call of a turn back. */
function checkCalls(parts: JsonObject[], model: string): number {
  const calls = parts.filter((part) => field(part, 'functionCall') !== undefined);
  const [first] = calls;
  if (first && /^gemini-[3-9]/.test(model) && field(first, 'thoughtSignature') === undefined) {
    const name = stringAt(field(first, 'functionCall'), 'name') ?? '';
    throw new Refusal(
      400,
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work ` +
        `correctly. Function call \`${name}\`.`,
    );
  }
  return calls.length;
}

function checkConfig(config: unknown): void {
  const temperature = field(config, 'temperature');
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 2)) {
    throw new Refusal(
      400,
      '* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n',
    );
  }
  const schema = field(config, 'responseSchema') ?? field(config, 'responseJsonSchema');
  const type = field(config, 'responseMimeType');
  if (schema !== undefined && type !== 'application/json' && type !== 'text/x.enum') {
    throw new Refusal(
      400,
      "* GenerateContentRequest.generation_config.response_schema: only allowed when response_mime_type is 'application/json'.\n",
    );
  }
  refuseSchemaWords(field(config, 'responseSchema'), 'generation_config.response_schema');
}

function checkDeclarations(declarations: JsonObject[]): void {
  for (const [i, declaration] of declarations.entries()) {
    if (stringAt(declaration, 'name') === undefined) {
      throw new Refusal(
        400,
        `* GenerateContentRequest.tools[0].function_declarations[${i}].name: Invalid function name.\n`,
      );
    }
    refuseSchemaWords(declaration.parameters, `tools[0].function_declarations[${i}].parameters`);
  }
}

/** The vendor's own schema type is a subset; full JSON schema goes into `…JsonSchema`. */
function refuseSchemaWords(schema: unknown, place: string): void {
  if (!isObject(schema)) return;
  for (const word of ['$schema', '$ref', '$defs', 'additionalProperties']) {
    if (word in schema) {
      throw new Refusal(
        400,
        `Invalid JSON payload received. Unknown name "${word}" at '${place}': Cannot find field.`,
      );
    }
  }
  for (const [name, property] of Object.entries(objectAt(schema, 'properties') ?? {})) {
    refuseSchemaWords(property, `${place}.properties[${name}].value`);
  }
  refuseSchemaWords(schema.items, `${place}.items`);
}

function readToolChoice(calling: unknown): Prompt['toolChoice'] {
  const mode = stringAt(calling, 'mode')?.toUpperCase();
  if (mode === 'NONE') return 'none';
  if (mode !== 'ANY') return 'auto';
  const names = field(calling, 'allowedFunctionNames');
  const only: unknown = Array.isArray(names) && names.length > 0 ? names[0] : undefined;
  return typeof only === 'string' ? { name: only } : 'required';
}

function readFormat(config: unknown): unknown {
  const schema = field(config, 'responseJsonSchema') ?? field(config, 'responseSchema');
  if (schema !== undefined) return schema;
  return field(config, 'responseMimeType') === 'application/json' ? true : undefined;
}
