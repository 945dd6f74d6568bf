import { type QueryRunner } from 'typeorm';
import { type ColumnTypes, columnTypesOf, engineOf } from '../../src/database/engine';

/** The column types of the engine that a migration runs on. */
export function typesFor(runner: QueryRunner): ColumnTypes {
  return columnTypesOf(engineOf(runner.dataSource.options.type));
}
