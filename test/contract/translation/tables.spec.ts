import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../../../src/common/problem';
import { type CompletionCodec, type JsonBody } from '../../../src/gateway/dialects/codec';
import { type CompletionResult } from '../../../src/providers/contract/completion';
import { VendorError } from '../../../src/providers/contract/vendor-error';
import { START, streamOf, toResult } from './answers';
import { COMPLETION_PAGES, EMBEDDING_PAGES } from './pages';
import { anyIndex, isWithin, without } from './paths';
import { outcomeWord, quoted, quotedJson, readTables, type Table } from './table';
import { TARGETS, type TargetVendor } from './vendors';

const FOLDER = join(__dirname, '../../../docs/translation');

interface Case {
  readonly line: number;
  readonly field: string;
  readonly body: JsonBody;
  readonly vendor: TargetVendor;
  readonly outcome: string;
}

/** A codec of either kind, with what a request of it becomes for a vendor. */
interface Translation {
  decode(body: JsonBody, target: { vendor: string }): { ignored: readonly string[] };
  build(decoded: never, vendor: TargetVendor): unknown;
  fieldName(field: string, body: JsonBody): string;
}

function tablesOf(file: string, first: string): Table[] {
  const tables = readTables(readFileSync(join(FOLDER, file), 'utf8'));
  return tables.filter(({ header }) => header[0] === first);
}

/** One case for each row and vendor, but for the vendor whose own format it is. */
function listCases(file: string, base: JsonBody): Case[] {
  return tablesOf(file, 'field').flatMap(({ header, rows }) =>
    rows.flatMap(({ line, cells }) => {
      const body = { ...base, ...(quotedJson(cells[1] ?? '') as JsonBody) };
      const field = quoted(cells[0] ?? '') ?? '';
      return TARGETS.flatMap((vendor): Case[] => {
        const outcome = cells[header.indexOf(vendor.name)];
        if (outcome === undefined || outcome === 'native') return [];
        return [{ line, field, body, vendor, outcome }];
      });
    }),
  );
}

/** The field that was refused, in the caller's words, with what was said of it. */
function refusalOf(translation: Translation, { body, vendor }: Case): { field: string; message: string } {
  try {
    translation.build(translation.decode(body, { vendor: vendor.name }) as never, vendor);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof InvalidInput) return { field: error.errors[0]?.field ?? '', message };
    if (error instanceof VendorError && error.field !== null) {
      return { field: translation.fieldName(error.field, body), message };
    }
    throw error;
  }
  throw new Error('It was not refused.');
}

function check(translation: Translation, test: Case): void {
  const { body, vendor, outcome, field } = test;
  const target = { vendor: vendor.name };
  const build = (from: JsonBody): unknown =>
    JSON.parse(JSON.stringify(translation.build(translation.decode(from, target) as never, vendor)));
  switch (outcomeWord(outcome)) {
    case 'refused': {
      const refusal = refusalOf(translation, test);
      expect(`${refusal.field} is ${isWithin(refusal.field, field)}`).toBe(`${refusal.field} is true`);
      expect(refusal.message).toContain(vendor.name);
      return;
    }
    case 'ignored': {
      const { ignored } = translation.decode(body, target);
      const last = field.split('.').at(-1) ?? '';
      expect(ignored.map(anyIndex)).toContainEqual(expect.stringMatching(new RegExp(`(^|\\.)${last}$`)));
      expect(build(body)).toEqual(build(without(body, field) as JsonBody));
      return;
    }
    case 'nothing': {
      expect(translation.decode(body, target).ignored).toEqual([]);
      expect(build(body)).toEqual(build(without(body, field) as JsonBody));
      return;
    }
    case null:
      expect(build(body)).toMatchObject(quotedJson(outcome) as object);
      return;
    default:
      throw new Error(`No outcome: ${outcome}`);
  }
}

function completionTranslation(codec: CompletionCodec): Translation {
  return {
    decode: (body, target) => codec.decode(body, target),
    build: ({ asked, parameters }: ReturnType<CompletionCodec['decode']>, { model, outputLimit, toBody }) =>
      toBody({ ...asked, model, parameters, outputLimit }),
    fieldName: (field, body) => codec.fieldName(field, body),
  };
}

describe.each(COMPLETION_PAGES)('docs/translation/$file', ({ file, codec, base, asked, collect }) => {
  const translation = completionTranslation(codec);
  it.each(listCases(file, base))('line $line: $field for $vendor.name', (test) => {
    expect.hasAssertions();
    check(translation, test);
  });

  const answers = tablesOf(file, 'the vendor says').flatMap(({ rows }) =>
    rows.map(({ line, cells: [says = '', contract = '', reads = ''] }) => ({
      line,
      says,
      result: toResult(quotedJson(contract) as Partial<CompletionResult>),
      expected: quotedJson(reads) as object,
      streamed: !reads.includes('plain only'),
    })),
  );
  it.each(answers)('line $line: $says', ({ result, expected, streamed }) => {
    expect(JSON.parse(JSON.stringify(codec.encode(START, result, asked)))).toMatchObject(expected);
    if (!streamed) return;
    const stream = streamOf(codec.createEncoder(START, { ...asked, stream: true }), result);
    expect(collect(stream)).toMatchObject(expected);
  });
});

describe.each(EMBEDDING_PAGES)('docs/translation/$file', ({ file, codec, base }) => {
  const translation: Translation = {
    decode: (body, target) => codec.decode(body, target),
    build: ({ asked }: ReturnType<typeof codec.decode>, { embeddingModel, toEmbeddingBody }) => {
      if (!toEmbeddingBody) throw new Error('The vendor has no embeddings.');
      return toEmbeddingBody({ ...asked, model: embeddingModel ?? '' });
    },
    fieldName: (field, body) => codec.fieldName(field, body),
  };
  it.each(listCases(file, base))('line $line: $field for $vendor.name', (test) => {
    expect.hasAssertions();
    check(translation, test);
  });
});
