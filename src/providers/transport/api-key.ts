import { VendorError } from '../contract/vendor-error';

const HEADER_SAFE = /^[\x21-\x7e]+$/;

/** A key that no header can carry would fail with a message that repeats it. @throws VendorError `bad_key` */
export function checkKeyText(apiKey: string): void {
  if (HEADER_SAFE.test(apiKey)) return;
  throw new VendorError(
    'bad_key',
    'The API key is empty or contains spaces or characters that no HTTP header can carry. Enter it again.',
  );
}
