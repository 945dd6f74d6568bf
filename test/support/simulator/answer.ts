import { sampleOf } from './schema-sample';
import { type Finish, type Script, type ScriptedToolCall, type ScriptedUsage } from './script';
import { countTokens, TOKENS_PER_IMAGE } from './tokens';

/** What the three request formats have in common, as far as an answer depends on it. */
export interface Prompt {
  model: string;
  stream: boolean;
  /** Text of the last message of the user: where a directive is looked for. */
  lastUserText: string;
  /** The result's text when the conversation ends with one: `toolResult` then decides the answer. */
  toolResult?: string;
  /** All text of the request, for counting. */
  allText: string;
  images: number;
  tools: { name: string; schema: unknown }[];
  toolChoice: 'auto' | 'none' | 'required' | { name: string };
  /** A JSON schema that the answer must follow, or `true` for any JSON object. */
  json?: unknown;
  reasoning: boolean;
  maxOutputTokens?: number;
  stop: string[];
  /** How many alternatives were asked for. */
  candidates: number;
}

export interface ToolCall {
  id: string;
  name: string;
  arguments: unknown;
}

export type Usage = Required<ScriptedUsage>;

/** The answer in no vendor's words yet. */
export interface Answer {
  model: string;
  text: string;
  thinking: string;
  toolCalls: ToolCall[];
  usage: Usage;
  finish: Finish | 'tool_calls';
  /** The stop sequence that ended the text. */
  stopSequence: string | null;
  candidates: number;
  script: Script;
}

/** After a tool result the directive of the user's message is spent, but for how the answer is sent. */
export function scriptAfterToolResult(script: Script): Script {
  const { text: _text, toolCalls: _toolCalls, thinking: _thinking, finish: _finish, ...rest } = script;
  return rest;
}

/** `rest` is the last text of the user without its directive, `newToolId` makes ids as the vendor does. */
export function planAnswer(prompt: Prompt, rest: string, script: Script, newToolId: () => string): Answer {
  const toolCalls = planToolCalls(prompt, script).map((call) => ({
    id: call.id ?? newToolId(),
    name: call.name,
    arguments: call.arguments ?? {},
  }));
  const thinking = script.thinking ?? (prompt.reasoning ? `Thinking about: ${shorten(rest)}` : '');
  let text = script.text ?? (toolCalls.length > 0 ? '' : defaultText(prompt, rest, script));
  let finish: Answer['finish'] = toolCalls.length > 0 ? 'tool_calls' : 'stop';
  let stopSequence: string | null = null;
  for (const stop of prompt.stop) {
    const index = text.indexOf(stop);
    if (stop !== '' && index >= 0) {
      text = text.slice(0, index);
      stopSequence = stop;
    }
  }
  const limit = prompt.maxOutputTokens;
  if (script.text === undefined && script.usage?.output === undefined && limit !== undefined) {
    if (countTokens(text) > limit) {
      text = Array.from(text)
        .slice(0, limit * 4)
        .join('');
      stopSequence = null;
      finish = 'length';
    }
  }
  return {
    model: script.responseModel ?? prompt.model,
    text,
    thinking,
    toolCalls,
    usage: planUsage(prompt, text, thinking, toolCalls, script.usage),
    finish: script.finish ?? finish,
    stopSequence: script.finish ? null : stopSequence,
    candidates: prompt.candidates,
    script,
  };
}

function planToolCalls(prompt: Prompt, script: Script): ScriptedToolCall[] {
  if (script.toolCalls) return script.toolCalls;
  const choice = prompt.toolChoice;
  if (script.text !== undefined || prompt.toolResult !== undefined) return [];
  const tool =
    typeof choice === 'object'
      ? prompt.tools.find(({ name }) => name === choice.name)
      : choice === 'required'
        ? prompt.tools[0]
        : undefined;
  return tool ? [{ name: tool.name, arguments: sampleOf(tool.schema) ?? {} }] : [];
}

function defaultText(prompt: Prompt, rest: string, script: Script): string {
  if (prompt.json !== undefined) {
    return JSON.stringify(prompt.json === true ? { answer: 'text' } : sampleOf(prompt.json));
  }
  if (prompt.toolResult !== undefined) return `The tool said: ${shorten(prompt.toolResult)}`;
  if (script.chunks !== undefined) {
    return Array.from({ length: script.chunks }, (_, i) => `part ${String(i + 1).padStart(6, '0')} `).join(
      '',
    );
  }
  const images = prompt.images > 0 ? ` (with ${prompt.images} image${prompt.images > 1 ? 's' : ''})` : '';
  return rest === '' && images === '' ? 'Hello from the simulator.' : `You said: ${shorten(rest)}${images}`;
}

function planUsage(
  prompt: Prompt,
  text: string,
  thinking: string,
  toolCalls: ToolCall[],
  scripted: ScriptedUsage | undefined,
): Usage {
  const called = toolCalls.map((call) => call.name + JSON.stringify(call.arguments)).join('');
  const reasoning = countTokens(thinking);
  const derived = {
    input: Math.max(1, countTokens(prompt.allText) + prompt.images * TOKENS_PER_IMAGE),
    output: (countTokens(text) + countTokens(called)) * prompt.candidates + reasoning,
  };
  const none = {
    cached: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite30m: 0,
    cacheWrite12h: 0,
    toolUse: 0,
  };
  return { ...none, ...derived, reasoning: scripted ? 0 : reasoning, ...scripted };
}

function shorten(text: string): string {
  const points = Array.from(text);
  return points.length > 200 ? `${points.slice(0, 200).join('')}…` : text;
}
