import { join } from 'node:path';
import { type Peer } from './peer';

const ENTRY = 'bin/litellm';
const MASTER_KEY = 'sk-bench-master';

const config = (upstream: string): string => `model_list:
  - model_name: bench
    litellm_params:
      model: openai/gpt-4o
      api_base: ${upstream}/v1
      api_key: sk-bench-not-real
litellm_settings:
  telemetry: false
general_settings:
  master_key: ${MASTER_KEY}
`;

/**
 * LiteLLM's proxy with one worker and without its access log, as 1.108.7 was tried on 2026-11-28. It checks the one
 * key of its configuration and works out what a call costs; without its database, which is PostgreSQL, it keeps no
 * keys, no usage and no budgets.
 */
export const litellm: Peer = {
  id: 'litellm',
  displayName: 'LiteLLM',
  install: (folder) => `python3 -m venv ${folder} && ${folder}/bin/pip install 'litellm[proxy]==1.108.7'`,
  entry: ENTRY,
  version: (folder) => ({
    command: join(folder, 'bin/python'),
    args: ['-c', "import importlib.metadata as m; print(m.version('litellm'))"],
  }),
  run: ({ folder, home, port, upstream }) => ({
    command: join(folder, ENTRY),
    args: [
      '--config',
      join(home, 'config.yaml'),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--num_workers',
      '1',
    ],
    env: { LITELLM_LOG: 'ERROR', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    files: { 'config.yaml': config(upstream) },
  }),
  readyPath: '/health/readiness',
  call: () => ({
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${MASTER_KEY}` },
    model: 'bench',
  }),
};
