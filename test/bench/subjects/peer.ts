import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InstalledPeer } from '../peers/installed';
import { findServerPort } from '../world/free-port';
import { startPeerProcess } from './peer-process';
import { chatBody, type Subject } from './subject';

/** Starts a gateway that is not ours, between the same load and the same upstream. */
export async function startPeer({ peer, folder, name }: InstalledPeer, upstream: string): Promise<Subject> {
  const home = mkdtempSync(join(tmpdir(), `bench-${peer.id}-`));
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  try {
    const place = { folder, home, port: await findServerPort(), upstream };
    const run = peer.run(place);
    for (const [file, text] of Object.entries(run.files ?? {})) writeFileSync(join(home, file), text);
    const child = await startPeerProcess(name, run, home, { ...place, readyPath: peer.readyPath });
    const { path, headers, model } = peer.call(place);
    return {
      name,
      pid: child.pid,
      target(call) {
        if (call.way === 'translated') throw new Error('Other gateways are measured at native calls only.');
        return { url: `http://127.0.0.1:${place.port}${path}`, headers, body: chatBody(model, call) };
      },
      count: () => undefined,
      verify: () => Promise.resolve(),
      stop: async () => {
        await child.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
