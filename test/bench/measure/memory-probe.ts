// Loaded before a server whose memory is measured. At SIGUSR2 it collects the garbage and says what is left.

process.on('SIGUSR2', () => {
  void globalThis.gc?.();
  setImmediate(() => {
    void globalThis.gc?.();
    console.log(`bench-memory ${JSON.stringify(process.memoryUsage())}`);
  });
});
