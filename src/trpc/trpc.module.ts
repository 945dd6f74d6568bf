import { Module } from '@nestjs/common';
import { CompletionsModule } from '../completions/completions.module';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { UsageModule } from '../usage/usage.module';
import { TrpcAdapter } from './trpc.adapter';

@Module({
  imports: [ProvidersModule, ModelsModule, UsageModule, CompletionsModule],
  providers: [TrpcAdapter],
})
export class TrpcModule {}
