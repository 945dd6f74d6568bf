import { type ToolCall } from '../../../providers/contract/completion';

/** Between a call's id and the signature that goes with it; both sides keep to `^[a-zA-Z0-9_-]+$`, as ids have to. */
const MARK = '__signature__';

/**
 * A call's id as the caller sees it. A `tool_use` block has no place for a signature (Gemini's), and clients send
 * back nothing of it but what they know: the id is what all of them keep.
 */
export function writeCallId({ id, signature }: Pick<ToolCall, 'id' | 'signature'>): string {
  return signature === undefined ? id : `${id}${MARK}${Buffer.from(signature).toString('base64url')}`;
}

/** The call's own id, and the signature that `writeCallId` put into it. */
export function readCallId(written: string): Pick<ToolCall, 'id' | 'signature'> {
  const at = written.lastIndexOf(MARK);
  if (at <= 0) return { id: written };
  const signature = Buffer.from(written.slice(at + MARK.length), 'base64url').toString();
  return signature === '' ? { id: written } : { id: written.slice(0, at), signature };
}
