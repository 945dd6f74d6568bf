import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminKey } from './admin-key';
import { ApiKey } from './api-key.entity';
import { ApiKeysController } from './api-keys.controller';
import { ApiKeysService } from './api-keys.service';
import { AuthGuard } from './auth.guard';
import { Authenticator } from './authenticator';
import { Team } from './team.entity';
import { TeamsController } from './teams.controller';
import { TeamsService } from './teams.service';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Team, ApiKey])],
  controllers: [TeamsController, ApiKeysController],
  providers: [
    TeamsService,
    ApiKeysService,
    AdminKey,
    Authenticator,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [TeamsService, ApiKeysService, Authenticator],
})
export class AuthModule {}
