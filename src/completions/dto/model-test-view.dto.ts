import { PartialType } from '@nestjs/swagger';
import { type Verdict } from '../../providers/contract/strategy';
import { CompletionView } from './completion-view.dto';

/** How a small call with a model went: the answer if there was one, and the verdict in any case. */
export class ModelTestView extends PartialType(CompletionView) {
  valid: boolean;
  verdict: Verdict;
  /** What happened and what to do. */
  message: string;
}
