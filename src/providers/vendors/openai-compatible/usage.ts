/** Servers that speak OpenAI's protocol report usage in OpenAI's form. */
export { foldStreamUsage, meterUsage } from '../openai/usage';
