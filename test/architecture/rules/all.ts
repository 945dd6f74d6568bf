import { cycles } from './cycles';
import { direction } from './direction';
import { form } from './form';
import { oneLedger } from './one-ledger';
import { ownership } from './ownership';
import { type Rule } from './source';
import { vendorFolders } from './vendor-folders';
import { vendorIds } from './vendor-ids';

/** Every rule: one line per rule. */
export const RULES: readonly Rule[] = [
  direction,
  cycles,
  ownership,
  vendorFolders,
  form,
  vendorIds,
  oneLedger,
];
