import { type ResponseFormat, type Tool, type ToolChoice } from '../../../providers/contract/completion';
import { type Fields } from '../json-fields';
import { needObject, needText } from './common-fields';

export interface AskedTools {
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
}

/**
 * What Chat Completions wrap a function in, and `allowed_tools` their list; Responses have the same members
 * in place.
 */
export type Wrapping = 'wrapped' | 'plain';

const CHOICES = {
  wrapped: { function: new Set(['type', 'function']), allowed_tools: new Set(['type', 'allowed_tools']) },
  plain: { function: new Set(['type', 'name']), allowed_tools: new Set(['type', 'mode', 'tools']) },
};
const CHOSEN = new Set(['name']);
const ALLOWED = new Set(['mode', 'tools']);

const unwrap = (from: Fields, name: string, wrapping: Wrapping): Fields =>
  wrapping === 'wrapped' ? needObject(from, name) : from;

/** A function as both of OpenAI's APIs describe it; without a schema it takes no arguments. */
export function readFunction(called: Fields): Tool {
  const description = called.text('description');
  const strict = called.flag('strict');
  return {
    name: needText(called, 'name'),
    ...(description !== undefined && { description }),
    parameters: called.object('parameters')?.value ?? { type: 'object', properties: {} },
    ...(strict !== undefined && { strict }),
  };
}

/** The tools and the choice among them. @throws InvalidInput for a choice of what is not among the tools */
export function chooseTools(body: Fields, tools: readonly Tool[], wrapping: Wrapping): AskedTools {
  const given = tools.length > 0 ? { tools } : {};
  const word = body.get('tool_choice');
  if (word === undefined) return given;
  if (word === 'none' || word === 'auto') return { ...given, toolChoice: word };
  if (tools.length === 0) throw body.wrong('tool_choice', 'needs tools');
  if (word === 'required') return { ...given, toolChoice: word };
  if (typeof word === 'string') throw body.wrong('tool_choice', 'must be none, auto, required or a function');
  const choice = needObject(body, 'tool_choice');
  switch (choice.get('type')) {
    case 'function': {
      choice.only(CHOICES[wrapping].function);
      const chosen = unwrap(choice, 'function', wrapping);
      if (wrapping === 'wrapped') chosen.only(CHOSEN);
      return { ...given, toolChoice: { name: findTool(chosen, tools).name } };
    }
    case 'allowed_tools': {
      choice.only(CHOICES[wrapping].allowed_tools);
      const allowed = unwrap(choice, 'allowed_tools', wrapping);
      if (wrapping === 'wrapped') allowed.only(ALLOWED);
      return allowTools(allowed, tools, wrapping);
    }
    default:
      throw choice.refused('type', 'a choice of a tool that is no function');
  }
}

/** Only the allowed tools are offered: the model can call no other. What a list repeats of a tool is not looked at. */
function allowTools(choice: Fields, tools: readonly Tool[], wrapping: Wrapping): AskedTools {
  const allowed = choice.needed('tools', choice.objects('tools')).map((tool) => {
    if (tool.get('type') !== 'function') throw tool.refused('type', 'a tool that is no function');
    return findTool(unwrap(tool, 'function', wrapping), tools);
  });
  if (allowed.length === 0) throw choice.wrong('tools', 'needs at least one tool');
  const toolChoice = choice.needed('mode', choice.choice('mode', ['auto', 'required'] as const));
  return { tools: allowed, toolChoice };
}

function findTool(holder: Fields, tools: readonly Tool[]): Tool {
  const wanted = needText(holder, 'name');
  const tool = tools.find(({ name }) => name === wanted);
  if (tool) return tool;
  throw holder.wrong('name', `"${wanted}" is not one of the tools`);
}

const FORMAT = new Set(['type', 'name', 'description', 'schema', 'strict']);

/** The form of a JSON answer: in Chat Completions inside `json_schema`, in Responses in place. */
export function readJsonSchema(holder: Fields): ResponseFormat {
  holder.only(FORMAT);
  const description = holder.text('description');
  const strict = holder.flag('strict');
  return {
    type: 'json_schema',
    name: needText(holder, 'name'),
    ...(description !== undefined && { description }),
    schema: needObject(holder, 'schema').value,
    ...(strict !== undefined && { strict }),
  };
}
