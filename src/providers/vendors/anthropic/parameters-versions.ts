const VERSION = /^claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?:[-@]|$)/;

/** 4.7 as 407. Unknown ids count as new. */
function versionOf(model: string): number {
  const version = VERSION.exec(model);
  return version ? Number(version[1]) * 100 + Number(version[2] ?? 0) : Infinity;
}

/** Adaptive thinking came with the 4.6 models (guide "Adaptive thinking", 2026-11). */
export function thinksAdaptively(model: string): boolean {
  return versionOf(model) >= 406;
}

/**
 * The 4.7 models and later refuse a budget of thinking, and every sampling parameter that is not at its default
 * (guides "Migrating to Claude Opus 4.7" and "Adaptive thinking", 2026-11).
 */
export function decidesItself(model: string): boolean {
  return versionOf(model) >= 407;
}
