import { litellm } from './litellm';
import { type Peer } from './peer';
import { portkey } from './portkey';

/** The gateways that can be put beside the server. */
export const peers: readonly Peer[] = [portkey, litellm];
