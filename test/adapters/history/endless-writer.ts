/** Saves a growing series over and over until it is killed: `endless-writer.ts FOLDER KEY FROM`. */
import process from 'node:process';
import { createHistoryStore } from '../../../src/adapters/history/history-store.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 9, 1);
const [folder, key, from] = process.argv.slice(2);

const store = createHistoryStore(folder!);
await store.load(key!);
for (let steps = Math.max(1000, Number(from)); ; steps += 50) {
  const values = Float64Array.from({ length: steps }, (_, i) => START / MINUTE + i);
  await store.save(key!, { startMs: START, stepMs: MINUTE, values });
  process.stdout.write('.');
}
