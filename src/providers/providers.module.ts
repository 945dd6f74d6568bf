import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SETTINGS, type Settings } from '../config/settings';
import { ProviderChanges } from './provider-changes';
import { Provider } from './provider.entity';
import { ProviderFactory } from './provider.factory';
import { ProvidersController } from './providers.controller';
import { ProvidersService } from './providers.service';
import { loadKeyRing } from './vault/key-ring';
import { Vault } from './vault/vault';
import { VaultGuardian } from './vault/vault.guardian';

@Module({
  imports: [TypeOrmModule.forFeature([Provider])],
  controllers: [ProvidersController],
  providers: [
    {
      provide: Vault,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => new Vault(loadKeyRing(settings)),
    },
    VaultGuardian,
    ProviderFactory,
    ProvidersService,
    ProviderChanges,
  ],
  exports: [ProvidersService, ProviderFactory, ProviderChanges, Vault],
})
export class ProvidersModule {}
