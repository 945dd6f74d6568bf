import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module';
import { ConfigModule } from './config/config.module';
import { type Settings } from './config/settings';
import { DatabaseModule } from './database/database.module';
import { features } from './features';
import { JobsModule } from './jobs/jobs.module';

@Module({})
export class AppModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(settings),
        DatabaseModule.forRoot(),
        JobsModule,
        AuthModule,
        ...features,
      ],
    };
  }
}
