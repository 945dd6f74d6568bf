import { loadSettings } from './src/config/environment';
import { createDataSource, databaseOptions } from './src/database/data-source';

/** For the TypeORM command line: exactly one exported data source. */
export default createDataSource(databaseOptions(loadSettings()));
