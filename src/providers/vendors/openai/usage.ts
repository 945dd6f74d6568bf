/** The base of the look-alikes meters every API of OpenAI itself, whose form they all report usage in. */
export { foldStreamUsage, meterUsage } from '../openai-compatible/usage';
