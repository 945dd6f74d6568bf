import { type Tool, type ToolChoice } from '../../../providers/contract/completion';
import { type Fields, isJsonObject } from '../json-fields';
import { toJsonSchema } from './schema';

const TOOL = new Set(['functionDeclarations']);
const DECLARATION = new Set(['name', 'description', 'parameters', 'parametersJsonSchema', 'behavior']);
const NO_ARGUMENTS = { type: 'object', properties: {} };

/** All functions of all tools; a tool of Google's own is refused by its name. */
export function readTools(body: Fields): Tool[] {
  return (body.objects('tools') ?? []).flatMap((tool) => {
    tool.only(TOOL);
    return (tool.objects('functionDeclarations') ?? []).map(readDeclaration);
  });
}

function readDeclaration(declaration: Fields): Tool {
  declaration.only(DECLARATION);
  const behavior = declaration.text('behavior') ?? 'BLOCKING';
  if (behavior !== 'BLOCKING' && behavior !== 'UNSPECIFIED') throw declaration.refused('behavior');
  const description = declaration.text('description');
  return {
    name: declaration.needed('name', declaration.text('name')),
    ...(description !== undefined && { description }),
    parameters: readParameters(declaration),
  };
}

function readParameters(declaration: Fields): Tool['parameters'] {
  const jsonSchema = declaration.get('parametersJsonSchema');
  if (jsonSchema !== undefined) {
    if (isJsonObject(jsonSchema)) return jsonSchema;
    throw declaration.wrong('parametersJsonSchema', 'must be an object');
  }
  const parameters = declaration.object('parameters');
  return parameters ? toJsonSchema(parameters.value) : NO_ARGUMENTS;
}

export interface ChosenTools {
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
}

const CONFIG = new Set(['functionCallingConfig']);
const CALLING = new Set(['mode', 'allowedFunctionNames', 'streamFunctionCallArguments']);
const MODES = ['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'] as const;

/**
 * `VALIDATED` leaves the choice to the model and keeps its calls to their schemas. Names narrow what may be called: one
 * is the choice itself, and of several no other functions are offered.
 */
export function chooseTools(body: Fields, tools: readonly Tool[]): ChosenTools {
  const config = body.object('toolConfig');
  config?.only(CONFIG);
  const calling = config?.object('functionCallingConfig');
  if (!calling || tools.length === 0) return { tools };
  calling.only(CALLING);
  if (calling.flag('streamFunctionCallArguments') === true)
    throw calling.refused('streamFunctionCallArguments');
  const mode = calling.choice('mode', MODES) ?? 'AUTO';
  const names = calling.texts('allowedFunctionNames') ?? [];
  for (const name of names) {
    if (tools.some((tool) => tool.name === name)) continue;
    throw calling.wrong('allowedFunctionNames', `"${name}" is not one of the functions`);
  }
  const some = names.length > 0 && tools.some((tool) => !names.includes(tool.name));
  if (some && mode !== 'ANY' && mode !== 'VALIDATED') {
    throw calling.refused(
      'allowedFunctionNames',
      `a choice among some of the functions with the mode ${mode}`,
    );
  }
  const offered = tools.filter(({ name }) => isOffered(body, name));
  const only = names[0];
  switch (mode) {
    case 'ANY':
      return names.length === 1 && only !== undefined
        ? { tools, toolChoice: { name: only } }
        : { tools: offered, toolChoice: 'required' };
    case 'NONE':
      return { tools, toolChoice: 'none' };
    case 'VALIDATED':
      return { tools: offered.map((tool) => ({ ...tool, strict: true })), toolChoice: 'auto' };
    case 'AUTO':
      return { tools, toolChoice: 'auto' };
    case 'MODE_UNSPECIFIED':
      return { tools };
  }
}

/** Whether a function is among those that the vendor is told of. */
export function isOffered(body: Fields, name: string | undefined): boolean {
  const calling = body.object('toolConfig')?.object('functionCallingConfig');
  const names = calling?.texts('allowedFunctionNames') ?? [];
  const narrows = calling?.get('mode') === 'VALIDATED' ? names.length > 0 : names.length > 1;
  return !narrows || (name !== undefined && names.includes(name));
}
