import { InvalidInput, Problem } from '../common/problem';
import { VendorError } from '../providers/contract/vendor-error';

/**
 * A refusal in the caller's words: fields that the contract names are named as the caller wrote them.
 * @param nameOf the caller's name of a field of the contract
 */
export function renameFields(error: unknown, nameOf: (field: string) => string): unknown {
  if (!(error instanceof Problem) || error.status !== 400) return error;
  const { cause } = error;
  const field = cause instanceof VendorError ? cause.field : null;
  const errors = field === null ? error.errors : [{ field, message: withoutField(cause, field) }];
  if (errors.length === 0) return error;
  let detail = error.message;
  for (const wrong of errors) detail = detail.replaceAll(wrong.field, nameOf(wrong.field));
  const renamed = errors.map((wrong) => ({ ...wrong, field: nameOf(wrong.field) }));
  const { code, extensions, headers } = error;
  return new InvalidInput(detail, { code, cause, extensions, headers, errors: renamed });
}

function withoutField(cause: unknown, field: string): string {
  const { message } = cause as VendorError;
  return message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
}
