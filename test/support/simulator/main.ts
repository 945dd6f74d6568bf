import { startSimulator } from './server';

const DEFAULT_PORT = 4010;

function portArgument(args: string[]): number {
  const inline = args.find((arg) => arg.startsWith('--port='))?.slice('--port='.length);
  const index = args.indexOf('--port');
  const given = inline ?? (index >= 0 ? args[index + 1] : undefined);
  if (given === undefined) return DEFAULT_PORT;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${given} is not a port`);
  return port;
}

async function main(): Promise<void> {
  const simulator = await startSimulator({ port: portArgument(process.argv.slice(2)) });
  console.log(`OpenAI     ${simulator.openai.baseUrl}`);
  console.log(`Anthropic  ${simulator.anthropic.baseUrl}`);
  console.log(`Google     ${simulator.google.baseUrl}`);
  console.log('Any key works but bad-…, denied-… and limited-…; a message may hold sim:{"text":"Hello"}.');
  const stop = () => void simulator.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
