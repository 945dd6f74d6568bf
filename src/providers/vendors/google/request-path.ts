/** `gemini-…` is a model of Google's; `tunedModels/…` and the like name their collection themselves. */
export function toModelPath(model: string): string {
  const path = model.includes('/') ? model : `models/${model}`;
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(/^\.+$/, '_'))
    .join('/');
}
