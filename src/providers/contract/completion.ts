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
  /** The most tokens of input that the vendor takes for the model (from the catalog); absent or null when unknown. */
  readonly contextWindow?: number | null;
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
  /** Whether the answer carries the log-probability of each of its tokens. */
  readonly logprobs?: boolean;
  /** How many of the likeliest other tokens come with each; needs `logprobs`. */
  readonly topLogprobs?: number;
  readonly verbosity?: 'low' | 'medium' | 'high';
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export type TextPart = { readonly type: 'text'; readonly text: string };
/** How finely a picture is looked at; absent and `auto` leave it to the vendor. */
export type ImageDetail = 'auto' | 'low' | 'high';
export type ImagePart =
  | { readonly type: 'image'; readonly url: string; readonly detail?: ImageDetail }
  | {
      readonly type: 'image';
      readonly mediaType: string;
      /** Base64. */
      readonly data: string;
      readonly detail?: ImageDetail;
    };
/** A file for the model to read, such as a PDF. `name` is its file name or title. */
export type DocumentPart =
  | { readonly type: 'document'; readonly url: string; readonly mediaType?: string; readonly name?: string }
  | { readonly type: 'document'; readonly mediaType: string; readonly data: string; readonly name?: string };
/** Sound, base64. */
export type AudioPart = { readonly type: 'audio'; readonly mediaType: string; readonly data: string };
export type ContentPart = TextPart | ImagePart | DocumentPart | AudioPart;

/** The model's thinking. The signature is the vendor's, opaque, and has to be sent back in a tool loop. */
export interface ReasoningPart {
  readonly text: string;
  readonly signature?: string;
  /** A thought that the vendor returns encrypted only. */
  readonly redacted?: string;
  /** The vendor that thought it, by its id; absent when unknown. */
  readonly origin?: string;
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
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly content: string | readonly ContentPart[];
      /** The tool failed; the content says how. */
      readonly isError?: boolean;
    };

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whether the vendor has to keep the arguments to the schema; absent leaves it to the vendor. */
  readonly strict?: boolean;
}
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name?: string;
      readonly description?: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

export type UnifiedFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other';
/** `raw` is the vendor's own word. */
export interface FinishReason {
  readonly unified: UnifiedFinishReason;
  readonly raw: string | null;
}

/** A token of the answer with the natural logarithm of its probability. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** The likeliest tokens at this place, the chosen one among them as a rule; empty when not asked for. */
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
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
  /** The stop sequence that ended the answer, where the vendor names it. */
  readonly stopSequence?: string | null;
  /** Of the answer's text, where they were asked for and the vendor gives them. */
  readonly logprobs?: readonly TokenLogprob[];
  readonly metered: Metered;
  /** The vendor's usage object as it came, null when it sent none. */
  readonly rawUsage: unknown;
  /** The vendor's request id, from its headers. */
  readonly vendorRequestId: string | null;
}

/** What a stream yields, in order; `finish` is the last and comes exactly once unless the stream throws. */
export type CompletionPart =
  | { readonly type: 'text'; readonly text: string; readonly logprobs?: readonly TokenLogprob[] }
  | { readonly type: 'reasoning'; readonly text: string }
  /** The end of one thought, with what has to be sent back with it (a signature, or the thought encrypted). */
  | {
      readonly type: 'reasoning_end';
      readonly signature?: string;
      readonly redacted?: string;
      /** As in `ReasoningPart`. */
      readonly origin?: string;
    }
  /** A piece of a tool call's argument text; id, name and signature are set on its first piece. */
  | {
      readonly type: 'tool_call_delta';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly signature?: string;
      readonly arguments: string;
    }
  | { readonly type: 'tool_call'; readonly index: number; readonly toolCall: ToolCall }
  | { readonly type: 'finish'; readonly result: CompletionResult };

/** Texts to be turned into vectors. */
export interface EmbeddingRequest {
  /** The vendor's own model id. */
  readonly model: string;
  readonly inputs: readonly string[];
  /** The length of each vector, where the model lets it be chosen. */
  readonly dimensions?: number;
  /** What the vectors are for, in Google's words (`RETRIEVAL_QUERY`, …). */
  readonly taskType?: string;
  /** A document's title, with the task type `RETRIEVAL_DOCUMENT`. */
  readonly title?: string;
  readonly user?: string;
}

export interface EmbeddingResult {
  readonly vendorModel: string;
  /** One for each input, in their order. */
  readonly vectors: readonly (readonly number[])[];
  readonly metered: Metered;
  readonly rawUsage: unknown;
  readonly vendorRequestId: string | null;
}
