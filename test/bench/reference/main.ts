import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'undici';
import { CompletionsController } from './completions.controller';
import { UPSTREAM_POOL } from './upstream-request';

// The reference: a bare NestJS controller on Fastify over undici. No keys, no checks, no database.

const origin = process.argv[2] ?? '';

@Module({
  controllers: [CompletionsController],
  providers: [
    {
      provide: UPSTREAM_POOL,
      useFactory: () =>
        new Pool(origin, { connections: 2048, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 }),
    },
  ],
})
class ReferenceModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(ReferenceModule, new FastifyAdapter(), {
    logger: ['error', 'warn'],
  });
  await app.listen(0, '127.0.0.1');
  console.log(`Reference at ${await app.getUrl()}`);
}

process.once('SIGTERM', () => process.exit(0));
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
