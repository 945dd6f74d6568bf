const MAJOR = Number(process.versions.node.split('.')[0]);

// Older Nodes crash inside the SQLite driver instead of saying what is wrong.
if (MAJOR < 22) {
  console.error(
    `AI Studio needs Node 22 or newer; this is ${process.version}. Use "npm start", which brings its own Node.`,
  );
  process.exit(1);
}
