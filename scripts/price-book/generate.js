/**
 * Writes src/models/prices/price-book.json from the seed data set, the vendors' rows kept by hand
 * (vendor-rows.json) and the vendors' rules (derive.js). Run: node scripts/price-book/generate.js [another file to write]
 */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { deriveRows } = require('./derive.js');
const { seedRows } = require('./seed.js');
const vendorRows = require('./vendor-rows.json');

const VERSION = '2026-11-22';

function handRows() {
  return Object.entries(vendorRows).flatMap(([vendor, rows]) => rows.map((row) => ({ vendor, ...row })));
}

function toId(row) {
  const parts = [row.vendor, row.vendorModel, row.servedTier];
  if (row.regionClass) parts.push(row.regionClass);
  if (row.aboveContextTokens) parts.push(`above-${row.aboveContextTokens}`);
  if (row.validFrom) parts.push(`from-${row.validFrom}`);
  return parts.join('/');
}

/** Leaves out what is empty, so that the file is read easily. */
function toEntry(row) {
  const entry = {
    id: toId(row),
    vendor: row.vendor,
    vendorModel: row.vendorModel,
    servedTier: row.servedTier,
    regionClass: row.regionClass,
    aboveContextTokens: row.aboveContextTokens || undefined,
    validFrom: row.validFrom,
    validTo: row.validTo,
    guaranteedUntil: row.guaranteedUntil,
    pricesPerMillion: row.pricesPerMillion,
    unitPrices: Object.keys(row.unitPrices ?? {}).length > 0 ? row.unitPrices : undefined,
    source: row.source,
    checkedOn: row.checkedOn,
    note: row.note,
  };
  return JSON.parse(JSON.stringify(entry));
}

const rows = [...seedRows(), ...handRows()].flatMap(deriveRows).map(toEntry);
rows.sort((left, right) => (left.id < right.id ? -1 : 1));
const target = process.argv[2] ?? join(__dirname, '../../src/models/prices/price-book.json');
writeFileSync(target, `${JSON.stringify({ version: VERSION, rows }, null, 2)}\n`);
console.log(`${rows.length} rows of ${new Set(rows.map((row) => row.vendorModel)).size} models`);
