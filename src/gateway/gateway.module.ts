import { Module } from '@nestjs/common';
import { CompletionsModule } from '../completions/completions.module';
import { ModelsModule } from '../models/models.module';
import { CompletionDoor } from './completion-door';
import { CountDoor } from './count-door';
import { AnthropicController } from './dialects/anthropic/anthropic.controller';
import { GoogleController } from './dialects/google/google.controller';
import { OpenAiController } from './dialects/openai/openai.controller';
import { EmbeddingDoor } from './embedding-door';
import { HeldResponseJob } from './held-responses/held-response.job';
import { HeldResponseStore } from './held-responses/held-response.store';
import { HeldResponses } from './held-responses/held-responses';
import { GatewayModelsController } from './models.controller';
import { NativeDoor } from './native-door';
import { RememberedItems } from './remembered-items';
import { TranslatedDoor } from './translated-door';

@Module({
  imports: [ModelsModule, CompletionsModule],
  controllers: [OpenAiController, AnthropicController, GoogleController, GatewayModelsController],
  providers: [
    CompletionDoor,
    NativeDoor,
    TranslatedDoor,
    EmbeddingDoor,
    CountDoor,
    HeldResponses,
    RememberedItems,
    HeldResponseStore,
    HeldResponseJob,
  ],
})
export class GatewayModule {}
