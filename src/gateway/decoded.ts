import { InvalidInput } from '../common/problem';

/**
 * What a codec makes of a body. Schemas and arguments are walked as deeply as they are nested; one that nobody could
 * have meant is the caller's error, not ours.
 * @throws InvalidInput
 */
export function decodeBody<Decoded>(decode: () => Decoded): Decoded {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidInput('The body is nested too deeply to be translated. Send it with fewer levels.', {
      cause: error,
    });
  }
}
