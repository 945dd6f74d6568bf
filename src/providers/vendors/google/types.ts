import type {
  Content,
  FunctionCall,
  FunctionCallingMode,
  FunctionDeclaration,
  FunctionResponse,
  GenerationConfig,
} from '@google/generative-ai';

/**
 * The SDK's types end in June 2025; these add what the API has taken since
 * (https://ai.google.dev/api/generate-content, 2026-11).
 */
export interface GooglePart {
  readonly text?: string;
  /** True for a piece of the model's thinking. */
  readonly thought?: boolean;
  /** Opaque; has to be sent back with the call that it came with. */
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType: string; readonly data: string; readonly displayName?: string };
  readonly fileData?: { readonly mimeType?: string; readonly fileUri: string; readonly displayName?: string };
  /** Of a picture, from Gemini 3 on. */
  readonly mediaResolution?: { readonly level: 'MEDIA_RESOLUTION_LOW' | 'MEDIA_RESOLUTION_HIGH' };
  readonly functionCall?: FunctionCall & { readonly id?: string };
  readonly functionResponse?: FunctionResponse & {
    readonly id?: string;
    readonly parts?: readonly GooglePart[];
  };
}

export interface GoogleContent {
  readonly role: Content['role'];
  readonly parts: readonly GooglePart[];
}

export interface ThinkingConfig {
  readonly includeThoughts?: boolean;
  /** Tokens; 0 turns thinking off. */
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: 'minimal' | 'low' | 'medium' | 'high';
}

export type GoogleConfig = GenerationConfig & {
  readonly seed?: number;
  readonly responseLogprobs?: boolean;
  readonly logprobs?: number;
  readonly responseJsonSchema?: unknown;
  readonly thinkingConfig?: ThinkingConfig;
};

export interface GoogleBody {
  readonly contents: readonly GoogleContent[];
  readonly systemInstruction?: { readonly parts: readonly GooglePart[] };
  readonly generationConfig?: GoogleConfig;
  readonly tools?: readonly {
    readonly functionDeclarations: readonly (Omit<FunctionDeclaration, 'parameters'> & {
      readonly parametersJsonSchema?: unknown;
    })[];
  }[];
  readonly toolConfig?: {
    readonly functionCallingConfig: {
      readonly mode: FunctionCallingMode;
      readonly allowedFunctionNames?: readonly string[];
    };
  };
  readonly serviceTier?: string;
}
