import { join } from 'node:path';
import { type Peer } from './peer';

const PACKAGE = 'node_modules/@portkey-ai/gateway';
const ENTRY = `${PACKAGE}/build/start-server.js`;
/** With newer ones, which its package allows, it answers every stream with 500 (its issue 1389). */
const OLDER_HONO = '@hono/node-server@1.13.8 @hono/node-ws@1.2.0';

/**
 * Portkey's gateway without its console, as package 1.15.2 was read on 2026-11-28. It takes the provider and its
 * address from each call and passes the caller's key on: it keeps no keys, no usage, no costs and no database.
 */
export const portkey: Peer = {
  id: 'portkey',
  displayName: 'Portkey',
  install: (folder) => `npm install --prefix ${folder} @portkey-ai/gateway@1.15.2 ${OLDER_HONO}`,
  entry: ENTRY,
  version: (folder) => ({
    command: process.execPath,
    args: ['-p', 'require(process.argv[1]).version', join(folder, PACKAGE, 'package.json')],
  }),
  run: ({ folder, port }) => ({
    command: process.execPath,
    args: [join(folder, ENTRY), `--port=${port}`, '--headless'],
    env: { NODE_ENV: 'production' },
  }),
  readyPath: '/',
  call: ({ upstream }) => ({
    path: '/v1/chat/completions',
    headers: {
      authorization: 'Bearer sk-bench-not-real',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
    },
    model: 'gpt-4o',
  }),
};
