/** The caller's headers that a vendor is meant to see: named ones only, never a credential or a hop's own. */
export function passOn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) passed[name] = String(value);
  }
  return passed;
}
