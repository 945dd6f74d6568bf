import type OpenAI from 'openai';
import { type ContentPart, type ImagePart, type TextPart } from '../../contract/completion';
import { VendorError } from '../../contract/vendor-error';

/** Where a part stands, and whom it is for. */
export interface Place {
  /** As the contract names it: `messages[2].content`. */
  readonly field: string;
  /** The vendor's display name. */
  readonly vendor: string;
}

interface Picture {
  readonly callId: string;
  readonly image: ImagePart;
}

/**
 * The pictures in the results of tools. The protocol takes text alone in a result (types of openai 7.57.0,
 * 2026-11), so they go into a user's message right after the results that they stand in, and each is named in
 * both places. Between the results there must be no other message.
 */
export class ResultPictures {
  private pictures: Picture[] = [];

  /** A result's content, its pictures put aside. @throws VendorError for what is neither text nor a picture */
  putAside(
    callId: string,
    content: string | readonly ContentPart[],
    { field, vendor }: Place,
  ): string | TextPart[] {
    if (typeof content === 'string') return content;
    return content.map((part) => {
      if (part.type === 'text') return part;
      if (part.type === 'image') {
        const place = this.pictures.push({ callId, image: part });
        return { type: 'text', text: `[Picture ${place} is in the next message.]` };
      }
      throw VendorError.unsupported(
        field,
        `The chat protocol of ${vendor} takes text and pictures alone in a tool's result. Send the ${part.type} in a user message.`,
      );
    });
  }

  /** The message that follows the results; none without pictures. */
  take(
    toPart: (image: ImagePart) => OpenAI.ChatCompletionContentPart,
  ): OpenAI.ChatCompletionUserMessageParam[] {
    const { pictures } = this;
    if (pictures.length === 0) return [];
    this.pictures = [];
    const content = pictures.flatMap(({ callId, image }, index): OpenAI.ChatCompletionContentPart[] => [
      { type: 'text', text: `[Picture ${index + 1}, of the result of the call ${callId}:]` },
      toPart(image),
    ]);
    return [{ role: 'user', content }];
  }
}
