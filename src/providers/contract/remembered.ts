/** Values kept by one function: it starts anew when it has so many. */
const MAX_KEPT = 1_000;
/** Characters. Longer texts hardly come twice, and would fill the memory. */
const MAX_TEXT = 1_000;

/** A pure function of a text, made to remember its answers: for texts of which the same few come with every call. */
export function remembered<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = work(text);
    if (text.length > MAX_TEXT) return value;
    if (known.size >= MAX_KEPT) known.clear();
    known.set(text, value);
    return value;
  };
}
