import { type OpenAPIObject } from '@nestjs/swagger';
import { engines } from '../support/engines';
import { startProcess } from '../support/studio-process';

/** The document of the built server: the build adds what the DTO classes and their comments say. */
async function readDocument(): Promise<OpenAPIObject> {
  const [engine] = engines;
  if (!engine) throw new Error('There is no engine to test.');
  const database = await engine.open();
  const studio = await startProcess(database);
  try {
    const page = await studio.request('GET', '/api/docs');
    expect([page.status, (await page.text()).includes('<title>AI Studio API</title>')]).toEqual([200, true]);
    return (await (await studio.request('GET', '/api/openapi.json')).json()) as OpenAPIObject;
  } finally {
    await studio.end('SIGTERM');
    await database.drop();
  }
}

function collectRefs(value: unknown, into: Set<string>): Set<string> {
  if (Array.isArray(value)) for (const item of value) collectRefs(item, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (name === '$ref' && typeof item === 'string') into.add(item);
      else collectRefs(item, into);
    }
  }
  return into;
}

describe('The OpenAPI document', () => {
  let document: OpenAPIObject;

  beforeAll(async () => {
    document = await readDocument();
  }, 30_000);

  it('is as it was reviewed (update the snapshot with a change of the API)', () => {
    expect(document).toMatchSnapshot();
  });

  it('describes each operation, its answer and its errors, and refers to nothing that is not there', () => {
    expect(document.openapi).toBe('3.1.0');
    const schemas = Object.keys(document.components?.schemas ?? {}).map(
      (name) => `#/components/schemas/${name}`,
    );
    for (const ref of collectRefs(document, new Set())) expect(schemas).toContain(ref);
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item) as [
        string,
        { operationId?: string; summary?: string; responses: object },
      ][]) {
        expect([method, path, typeof operation.operationId, (operation.summary ?? '') !== '']).toEqual([
          method,
          path,
          'string',
          true,
        ]);
        expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
        if (path.startsWith('/api/')) expect(Object.keys(operation.responses)).toContain('default');
      }
    }
  });

  it('has an operation id once only', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      (Object.values(item) as { operationId: string }[]).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});
