import { Module } from '@nestjs/common';
import { ProvidersModule } from '../../providers/providers.module';
import { IdempotencyExpiryJob } from './idempotency-expiry.job';
import { IdempotencyService } from './idempotency.service';
import { IdempotencyStore } from './idempotency.store';
import { IdempotentDoor } from './idempotent-door';
import { Insistence } from './insistence';

@Module({
  imports: [ProvidersModule],
  providers: [IdempotencyStore, IdempotencyService, IdempotentDoor, IdempotencyExpiryJob, Insistence],
  exports: [IdempotentDoor],
})
export class IdempotencyModule {}
