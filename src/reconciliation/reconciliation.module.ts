import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ProvidersModule } from '../providers/providers.module';
import { UsageModule } from '../usage/usage.module';
import { AdminKey } from './admin-key.entity';
import { AdminKeysService } from './admin-keys.service';
import { ReconciliationController } from './reconciliation.controller';
import { Reconciliation } from './reconciliation.entity';
import { ReconciliationJob } from './reconciliation.job';
import { ReconciliationService } from './reconciliation.service';

/** Vendors' own accounts of usage and cost, set against the ledger. */
@Module({
  imports: [TypeOrmModule.forFeature([AdminKey, Reconciliation]), ProvidersModule, UsageModule],
  controllers: [ReconciliationController],
  providers: [AdminKeysService, ReconciliationService, ReconciliationJob],
})
export class ReconciliationModule {}
