import { setFlagsFromString } from 'node:v8';

/**
 * V8 learns which objects live long and makes their like in the old generation from then on. What waits for a shared
 * commit lives a tenth of a second, which is long for V8: then every call left some kilobytes, buffers among them, to
 * the rare full collections. Without that habit buffers stay in the young generation, and a busy server takes some
 * 30 to 100 MiB less (docs/benchmarks.md has the last figures).
 */
setFlagsFromString('--no-allocation-site-pretenuring');

/**
 * V8 lets garbage double the old generation, and more, before it collects it. Little of a call gets that old: a
 * collection at every half more comes a few times a minute under full load, and mostly runs beside the server.
 */
setFlagsFromString('--heap-growing-percent=50');
