import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Beside } from '../options';
import { peers } from './all';
import { type Peer } from './peer';

/** A gateway that was found where it was said to be. */
export interface InstalledPeer {
  readonly peer: Peer;
  readonly folder: string;
  /** With its version. */
  readonly name: string;
}

/** @throws Error saying what is missing, and how it is installed */
export function findInstalled({ id, folder: given }: Beside): InstalledPeer {
  const peer = peers.find((one) => one.id === id);
  if (!peer) throw new Error(`"${id}" is not a gateway that test/bench/peers describes.`);
  const { displayName, entry, install } = peer;
  const folder = resolve(given);
  const missing = (what: string): Error =>
    new Error(`${displayName} is not installed in ${folder}: ${what}. Run: ${install(folder)}`);
  if (!existsSync(join(folder, entry))) throw missing(`there is no ${entry}`);
  const { command, args } = peer.version(folder);
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw missing(`its version cannot be read (${error?.message ?? stderr.trim()})`);
  return { peer, folder, name: `${displayName} ${stdout.trim()}` };
}
