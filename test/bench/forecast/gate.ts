/**
 * What the gate costs and what it saves: the weighted quantile loss of what acted on the scored part of each case of one or
 * more lists, over that of the best of the aggregate and the two yardsticks, and over that of the better yardstick, in percent.
 * All are calibrated alike; the best is the one that was best over the whole part, which nobody knows before.
 *
 *   node src/launch.mjs --script test/bench/forecast/gate.ts FILE.csv … [--ahead 15m,1h] [--every 5m]
 *
 * Lists are those of `npm run skill`. One pass with the online experts alone, as in the last rows of `npm run ablation`.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { CONTENDERS } from '../../../src/forecast/aggregate/gate.ts';
import { readCases } from '../../proof/cases.ts';
import { courseOf } from './courses.ts';
import { lossesOf } from './machinery.ts';
import { median } from './summary.ts';

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { ahead: { type: 'string', default: '15m,1h' }, every: { type: 'string', default: '5m' } },
});
const typed = { ahead: options.ahead, models: '', candidates: '', refit: '1d', every: options.every };
/** What may be lost against the better simple method before a case counts. */
const MUCH = 2;

const rows: { readonly overBest: readonly number[]; readonly overYardstick: readonly number[] }[] = [];
for (const file of files) {
  for (const one of await readCases(file, undefined)) {
    const course = await courseOf(one, typed);
    const alone = CONTENDERS.map((_, contender) => () => contender);
    const [acted, ...each] = lossesOf(course, [(parts) => parts.gate.acting(), ...alone]);
    const over = (others: typeof each) =>
      acted!.map((loss, i) => 100 * (loss / Math.min(...others.map((other) => other[i]!)) - 1));
    const row = { overBest: over(each), overYardstick: over(each.slice(1)) };
    rows.push(row);
    process.stdout.write(
      `${one.name}: ${textOf(row.overBest)} over the best; ${textOf(row.overYardstick)} over a yardstick\n`,
    );
  }
}
for (const [i, ahead] of options.ahead.split(',').entries()) {
  const [best, yardstick] = [
    rows.map(({ overBest }) => overBest[i]!),
    rows.map(({ overYardstick }) => overYardstick[i]!),
  ];
  const many = yardstick.filter((more) => more > MUCH).length;
  process.stdout.write(
    `${ahead} ahead, ${rows.length} cases: ${summaryOf(best)} over the best, ${summaryOf(yardstick)} over the better yardstick, ` +
      `by more than ${MUCH} % on ${many}\n`,
  );
}

function textOf(more: readonly number[]): string {
  return more.map((percent) => `${percent.toFixed(1)} %`).join(', ');
}

function summaryOf(more: readonly number[]): string {
  const mean = more.reduce((sum, percent) => sum + percent, 0) / more.length;
  return `mean ${mean.toFixed(2)} %, median ${median(more).toFixed(2)} %, worst ${Math.max(...more).toFixed(1)} %`;
}
