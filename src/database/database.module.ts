import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { SETTINGS, type Settings } from '../config/settings';
import { createDataSource, databaseOptions } from './data-source';
import { Database } from './database';
import { Installation } from './installation';
import { assertSchema } from './schema-gate';

async function openDatabase(options: DataSourceOptions | undefined): Promise<DataSource> {
  if (!options) throw new Error('No database options were given.');
  const dataSource = await createDataSource(options).initialize();
  try {
    await assertSchema(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

@Global()
@Module({})
export class DatabaseModule {
  static forRoot(): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [SETTINGS],
          useFactory: (settings: Settings) => ({
            ...databaseOptions(settings),
            entities: undefined,
            autoLoadEntities: true,
            retryAttempts: 0,
          }),
          dataSourceFactory: openDatabase,
        }),
      ],
      providers: [Database, Installation],
      exports: [Database, Installation],
    };
  }
}
