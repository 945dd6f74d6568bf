import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenerativeAI, type ModelParams } from '@google/generative-ai';
import OpenAI from 'openai';
import { type Simulator } from '../../support/simulator/server';

export const KEY = 'sk-test-not-a-real-key';

export function openaiClient(simulator: Simulator, apiKey = KEY): OpenAI {
  return new OpenAI({ apiKey, baseURL: simulator.openai.baseUrl, maxRetries: 0, logLevel: 'off' });
}

export function anthropicClient(simulator: Simulator, apiKey = KEY): Anthropic {
  return new Anthropic({ apiKey, baseURL: simulator.anthropic.baseUrl, maxRetries: 0, logLevel: 'off' });
}

export function googleModel(simulator: Simulator, params: Partial<ModelParams> = {}, apiKey = KEY) {
  return new GoogleGenerativeAI(apiKey).getGenerativeModel(
    { model: 'gemini-2.5-flash', ...params },
    { baseUrl: simulator.google.baseUrl },
  );
}

/** A directive as it stands in a prompt. */
export function sim(script: object): string {
  return `sim:${JSON.stringify(script)}`;
}

/** The error that a call ends with; a call that succeeds fails the test. */
export async function errorOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call succeeded');
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** Waits for something that another process or socket makes true. */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 2000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not become true within 2 seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
