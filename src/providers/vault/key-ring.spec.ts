import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, SettingsError } from '../../config/settings';
import { loadKeyRing, parseKeyRing } from './key-ring';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

describe('A key ring', () => {
  it('encrypts with its first key and finds every one by its id', () => {
    const ring = parseKeyRing(` new:${key(1)} , old_2-B:${key(2)}`);
    expect(ring.primary).toEqual({ id: 'new', bytes: Buffer.alloc(32, 1) });
    expect(ring.find('old_2-B')?.bytes).toEqual(Buffer.alloc(32, 2));
    expect(ring.find('other')).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['no id', key(1), 'Entry 1'],
    ['an empty id', `:${key(1)}`, 'Entry 1'],
    ['an id with a dot', `a.b:${key(1)}`, 'Entry 1'],
    ['an id that is too long', `${'a'.repeat(33)}:${key(1)}`, 'Entry 1'],
    ['31 bytes', `k:${Buffer.alloc(31, 1).toString('base64')}`, 'Entry 1'],
    ['33 bytes', `k:${Buffer.alloc(33, 1).toString('base64')}`, 'Entry 1'],
    ['no bytes', 'k:', 'Entry 1'],
    ['hexadecimal', `k:${Buffer.alloc(32, 1).toString('hex')}`, 'Entry 1'],
    ['a wrong second key', `k:${key(1)},q:abc`, 'Entry 2'],
    ['a comma at the end', `k:${key(1)},`, 'Entry 2'],
    ['an id that is there twice', `k:${key(1)},k:${key(2)}`, '"k" is there twice'],
    ['nothing', '', 'Entry 1'],
  ])('with %s is refused by its place, without its bytes', (_name, text, message) => {
    let refusal: unknown;
    try {
      parseKeyRing(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(SettingsError);
    expect(String(refusal)).toContain(message);
    expect(String(refusal)).not.toContain(key(1).slice(0, 12));
  });
});

describe('The master keys', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = join(mkdtempSync(join(tmpdir(), 'ai-studio-keys-')), 'data');
  });
  afterEach(() => {
    rmSync(join(dataDir, '..'), { recursive: true, force: true });
  });

  const settings = (env: Record<string, string> = {}) => readSettings({ STUDIO_DATA_DIR: dataDir, ...env });

  it('of an embedded database are made once, for the eyes of its owner alone', () => {
    const made = loadKeyRing(settings()).primary;
    const file = join(dataDir, 'encryption-keys');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe(`k1:${made.bytes.toString('base64')}\n`);
    expect(loadKeyRing(settings()).primary).toEqual(made);
  });

  it('of the environment win over the file', () => {
    loadKeyRing(settings());
    expect(loadKeyRing(settings({ STUDIO_ENCRYPTION_KEYS: `e:${key(9)}` })).primary.id).toBe('e');
  });

  it('are asked for beside a database server, and none is made up', () => {
    const server = settings({ DATABASE_URL: 'mariadb://u:p@h/d' });
    expect(() => loadKeyRing(server)).toThrow('STUDIO_ENCRYPTION_KEYS is needed');
    expect(() => statSync(dataDir)).toThrow('ENOENT');
  });

  it('in a file that is damaged stop the boot and are not replaced', () => {
    loadKeyRing(settings());
    writeFileSync(join(dataDir, 'encryption-keys'), 'k1:damaged\n');
    expect(() => loadKeyRing(settings())).toThrow(SettingsError);
    expect(readFileSync(join(dataDir, 'encryption-keys'), 'utf8')).toBe('k1:damaged\n');
  });
});
