/** Of the thoughts that the vendor signs: its own id. */
export const ORIGIN = 'anthropic';
