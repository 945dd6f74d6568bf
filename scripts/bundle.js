// Puts the built server and the packages that it loads at every start into one file, in place. Node then finds, reads
// and compiles one file instead of 2,100, which are two fifths of a start's CPU time, and 24 MiB. Without this step
// dist/src/server.js works too, as it does under `nest start --watch`.
const { rmSync, writeFileSync } = require('node:fs');
const { readFile } = require('node:fs/promises');
const { join } = require('node:path');
const { build } = require('esbuild');
const ts = require('typescript');

const file = join(__dirname, '..', 'dist', 'src', 'server.js');

const outside = [
  // A binary, and the files of a web page: they are found by their folder.
  'better-sqlite3',
  'swagger-ui-dist',
  // Loaded when the first call needs them, if ever.
  'openai',
  '@anthropic-ai/sdk',
  'gpt-tokenizer',
  'ioredis',
  'rate-limiter-flexible',
  // What Nest looks for and we have not.
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  '@fastify/multipart',
  '@fastify/view',
  'class-transformer/storage',
];

/** Nest's packages get some others by a `require` that they make, so a second copy would be loaded beside the file. */
const followRequire = {
  name: 'follow-require',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@nestjs[\\/].*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace('const require = createRequire(import.meta.url);', ''),
    }));
  },
};

/** V8 keeps a source with one wider letter at two bytes for each; those left are in regular expressions. */
function toAscii(code) {
  return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Leaves the names of classes as esbuild keeps them (`keepNames`), and takes the wrappers off all other functions, which
 * have theirs by where they stand. A function that is made in every call would be named in every call, at the cost of
 * a definition of a property.
 */
function unwrapFunctions(code) {
  const tree = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const cuts = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.text === '__name') {
      const [named] = node.arguments;
      if (named && named.kind !== ts.SyntaxKind.ThisKeyword) {
        cuts.push([node.expression.getStart(tree), node.expression.end], [named.end, node.end - 1]);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  if (cuts.length === 0) throw new Error('esbuild keeps names in another way now: see unwrapFunctions.');
  cuts.sort(([left], [right]) => left - right);
  let kept = '';
  let at = 0;
  for (const [start, end] of cuts) {
    kept += code.slice(at, start);
    at = end;
  }
  return kept + code.slice(at);
}

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [file],
    outfile: file,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: outside,
    plugins: [followRequire],
    // Nest, TypeORM and the log speak of classes by name, and esbuild renames some.
    keepNames: true,
    // V8 keeps the source. Lines stay short enough to tell places in a stack apart.
    minifyWhitespace: true,
    lineLimit: 200,
    legalComments: 'none',
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'bundleUrl' },
    logLevel: 'error',
  });
  for (const { path, text } of outputFiles) writeFileSync(path, toAscii(unwrapFunctions(text)));
  // That of the file which it was.
  rmSync(`${file}.map`, { force: true });
}

bundle().catch((error) => {
  // What is wrong with the code, esbuild has said itself.
  if (!error.errors) console.error(error.message);
  process.exit(1);
});
