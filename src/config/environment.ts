import { existsSync } from 'node:fs';
import { readSettings, type Settings } from './settings';

/**
 * The settings of this process: the environment, completed by a `.env` file in the working
 * directory (what is set in the environment wins).
 * @throws SettingsError
 */
export function loadSettings(): Settings {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readSettings(process.env);
}
