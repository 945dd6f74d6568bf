import { type Tool, type ToolChoice } from '../../../providers/contract/completion';
import { type Fields, isJsonObject } from '../json-fields';

const TOOL = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'eager_input_streaming',
  'defer_loading',
  'allowed_callers',
  'input_examples',
]);

export function readTools(body: Fields): Tool[] {
  return (body.objects('tools') ?? []).map(readTool);
}

function readTool(tool: Fields): Tool {
  const type = tool.text('type') ?? 'custom';
  if (type !== 'custom') throw tool.refused('type', `the tool ${type}`);
  tool.only(TOOL);
  tool.ignore('cache_control');
  // How finely the arguments are streamed: they are the same.
  tool.ignore('eager_input_streaming');
  if (tool.flag('defer_loading') === true) throw tool.refused('defer_loading');
  if (tool.texts('allowed_callers')?.some((caller) => caller !== 'direct') === true) {
    throw tool.refused('allowed_callers');
  }
  tool.refuse('input_examples');
  const schema = tool.needed('input_schema', tool.get('input_schema'));
  if (!isJsonObject(schema)) throw tool.wrong('input_schema', 'must be an object');
  const description = tool.text('description');
  const strict = tool.flag('strict');
  return {
    name: tool.needed('name', tool.text('name')),
    ...(description !== undefined && { description }),
    parameters: schema,
    ...(strict !== undefined && { strict }),
  };
}

export interface ChosenTools {
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
}

const CHOICE = new Set(['type', 'name', 'disable_parallel_tool_use']);

export function readToolChoice(body: Fields, tools: readonly Tool[]): ChosenTools {
  const choice = body.object('tool_choice');
  if (!choice) return {};
  choice.only(CHOICE);
  const type = choice.needed('type', choice.choice('type', ['auto', 'any', 'tool', 'none']));
  if (tools.length === 0) {
    if (type === 'none') return {};
    throw body.wrong('tool_choice', 'may only be specified while providing tools');
  }
  const single = choice.flag('disable_parallel_tool_use');
  const parallel = single === undefined ? {} : { parallelToolCalls: !single };
  if (type !== 'tool') return { toolChoice: type === 'any' ? 'required' : type, ...parallel };
  const name = choice.needed('name', choice.text('name'));
  if (tools.every((tool) => tool.name !== name)) {
    throw choice.wrong('name', `"${name}" is not one of the tools`);
  }
  return { toolChoice: { name }, ...parallel };
}
