import { StudioClient } from '../../support/demo/studio-client';
import { type DatabaseServer } from '../world/private-mariadb';
import { Books } from './books';
import { BudgetChain } from './budgets';
import { type StartOptions } from './start-options';
import { type Durability, makeStudioHome } from './studio-home';
import { chatBody, type Subject, type Way } from './subject';

interface Member {
  readonly id: string;
  readonly key: string;
}

const MODEL: Record<Way, string> = { native: 'bench', translated: 'bench-translated' };

/** The built server with a database of its own, a provider of each kind, a model of each and a member's key. */
export async function startStudio(
  durability: Durability,
  upstream: string,
  databaseServer: DatabaseServer | null,
  options: StartOptions = {},
): Promise<Subject> {
  const home = await makeStudioHome(durability, databaseServer);
  let stop = (): Promise<void> => home.remove();
  try {
    const server = await home.start(options);
    stop = async () => {
      await server.stop(40_000);
      await home.remove();
    };
    const studio = new StudioClient(server.match[1] ?? '', home.adminKey);
    const member = await configure(studio, upstream);
    const chain = options.withBudgets ? await BudgetChain.make(studio, member.id, MODEL.native) : null;
    const books = new Books();
    return {
      name: `AI Studio, ${durability}`,
      pid: server.pid,
      target: (call) => ({
        url: `${studio.url}/v1/chat/completions`,
        headers: { authorization: `Bearer ${member.key}` },
        body: chatBody(MODEL[call.way], call),
      }),
      count: ({ way }, calls) => books.add(way, calls),
      verify: async () => {
        await books.verify(studio);
        await chain?.verify(books.total);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function configure(studio: StudioClient, upstream: string): Promise<Member> {
  const addModel = async (name: string, modelId: string, provider: object): Promise<void> => {
    const { id } = await studio.post<{ id: string }>('/api/v1/providers', provider);
    await studio.post('/api/v1/models', { providerId: id, name, modelId });
  };
  await addModel(MODEL.native, 'gpt-4o', {
    name: 'upstream',
    type: 'openai',
    apiKey: 'sk-bench-not-real',
    configuration: { baseUrl: `${upstream}/v1` },
  });
  await addModel(MODEL.translated, 'claude-sonnet-4-5', {
    name: 'translated upstream',
    type: 'anthropic',
    apiKey: 'sk-ant-bench-not-real',
    configuration: { baseUrl: upstream },
  });
  return studio.post<Member>('/api/v1/api-keys', { name: 'bench', role: 'member' });
}
