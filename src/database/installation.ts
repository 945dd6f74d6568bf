import { Injectable } from '@nestjs/common';
import { Database } from './database';

/** What the installation keeps about itself, by name: hashes and checks, never a secret in clear. */
@Injectable()
export class Installation {
  constructor(private readonly database: Database) {}

  async find(name: string): Promise<string | undefined> {
    const rows = await this.database.query<{ value: string }>(
      'SELECT value FROM installation WHERE name = ?',
      [name],
    );
    return rows[0]?.value;
  }

  async replace(name: string, value: string): Promise<void> {
    await this.database.execute('UPDATE installation SET value = ? WHERE name = ?', [value, name]);
  }

  /** Keeps the value unless one is kept already; returns the one that is kept. */
  async keepFirst(name: string, value: string): Promise<string> {
    const { insertIgnore } = this.database.dialect;
    await this.database.execute(`${insertIgnore} INTO installation (name, value) VALUES (?, ?)`, [
      name,
      value,
    ]);
    return (await this.find(name)) ?? value;
  }
}
