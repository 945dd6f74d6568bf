import { type Metered } from './usage';

/** What every vendor is asked, in one form. Amounts of text are tokens. */
export interface CompletionRequest {
  /** The vendor's own model id. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly parameters: CompletionParameters;
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly responseFormat?: ResponseFormat;
  /** The caller's end user, for the vendor's abuse detection. */
  readonly user?: string;
  /** The most output tokens that the model can give (from the catalog), null when unknown. */
  readonly outputLimit: number | null;
}

export interface CompletionParameters {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly reasoning?: { readonly effort?: ReasoningEffort; readonly budgetTokens?: number };
  readonly parallelToolCalls?: boolean;
  readonly serviceTier?: string;
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export type TextPart = { readonly type: 'text'; readonly text: string };
export type ImagePart =
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly data: string };
export type ContentPart = TextPart | ImagePart;

/** The model's thinking. The signature is the vendor's, opaque, and has to be sent back in a tool loop. */
export interface ReasoningPart {
  readonly text: string;
  readonly signature?: string;
  /** A thought that the vendor returns encrypted only. */
  readonly redacted?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The vendor's opaque token that goes with the call and has to be sent back with it. */
  readonly signature?: string;
}

export type Message =
  | { readonly role: 'system'; readonly content: string | readonly TextPart[] }
  | { readonly role: 'user'; readonly content: string | readonly ContentPart[] }
  | {
      readonly role: 'assistant';
      readonly content: string | readonly TextPart[] | null;
      readonly toolCalls?: readonly ToolCall[];
      readonly reasoning?: readonly ReasoningPart[];
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string | readonly ContentPart[] };

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name?: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

export type UnifiedFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other';
/** `raw` is the vendor's own word. */
export interface FinishReason {
  readonly unified: UnifiedFinishReason;
  readonly raw: string | null;
}

export interface CompletionResult {
  /** The vendor's id of the answer, null when it gave none. */
  readonly vendorResponseId: string | null;
  /** The vendor's model id as the answer names it. */
  readonly vendorModel: string;
  /** The answer's text alone; thinking is in `reasoning`. */
  readonly content: string;
  readonly reasoning: readonly ReasoningPart[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly metered: Metered;
  /** The vendor's usage object as it came, null when it sent none. */
  readonly rawUsage: unknown;
  /** The vendor's request id, from its headers. */
  readonly vendorRequestId: string | null;
}

/** What a stream yields, in order; `finish` is the last and comes exactly once unless the stream throws. */
export type CompletionPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** A piece of a tool call's argument text; id and name are set on its first piece. */
  | {
      readonly type: 'tool_call_delta';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments: string;
    }
  | { readonly type: 'tool_call'; readonly index: number; readonly toolCall: ToolCall }
  | { readonly type: 'finish'; readonly result: CompletionResult };
