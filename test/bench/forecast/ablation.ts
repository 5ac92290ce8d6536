/**
 * What each expert of the aggregate is worth, and what is built around them: the loss without it, or with it where it is
 * off by default, over the loss as it is.
 *
 *   npm run ablation -- --cases FILE.csv [--only a,b] [--ahead 15m,1h] [--variants LIST] [--every 5m] [--refit 1d]
 *     [-o json|markdown]
 *
 * FILE.csv is that of `npm run skill`, and the scored part is the same. One number for each case and horizon, in percent of
 * the weighted quantile loss; positive: the aggregate is worse without it. A forecast is made every five minutes.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { defaultExperts, type ExpertName, expertNames } from '../../../src/domain/fleet.ts';
import { defaultCandidates, type ForecasterName } from '../../../src/domain/forecast.ts';
import { type Case, readCases } from '../../proof/cases.ts';
import { courseOf } from './courses.ts';
import { follow } from './follow.ts';
import { trainerHere } from './here.ts';
import { lossesWith, machinery } from './machinery.ts';
import { median } from './summary.ts';

interface Variant {
  readonly experts: readonly ExpertName[];
  readonly candidates: readonly ForecasterName[];
  /** 1 where something is taken out, −1 where it is added: so that positive always means that it helps. */
  readonly sign: 1 | -1;
}

const asItIs = { experts: defaultExperts, candidates: defaultCandidates } as const;
const fitted: readonly ForecasterName[] = ['arima', 'lstm', 'hybrid'];

function variants(): ReadonlyMap<string, Variant> {
  const isOn = (name: ExpertName | ForecasterName) =>
    ([...defaultExperts, ...defaultCandidates] as string[]).includes(name);
  const off = <Name extends string>(names: readonly Name[], name: Name) => names.filter((other) => other !== name);
  const all = new Map<string, Variant>();
  for (const name of [...defaultExperts, ...expertNames.filter((name) => !isOn(name))]) {
    const experts = isOn(name) ? off(defaultExperts, name) : [...defaultExperts, name];
    all.set(name, { ...asItIs, experts, sign: isOn(name) ? 1 : -1 });
  }
  for (const name of fitted) {
    const candidates = isOn(name) ? off(defaultCandidates, name) : [...defaultCandidates, name];
    all.set(name, { ...asItIs, candidates, sign: isOn(name) ? 1 : -1 });
  }
  return all;
}

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    only: { type: 'string' },
    ahead: { type: 'string', default: '15m,1h' },
    variants: { type: 'string', default: [...variants().keys(), ...Object.keys(machinery)].join(',') },
    every: { type: 'string', default: '5m' },
    refit: { type: 'string', default: '1d' },
    output: { type: 'string', short: 'o', default: 'markdown' },
  },
});
if (options.cases === undefined) throw new Error('--cases: expected a file');

const typed = {
  ahead: options.ahead,
  models: 'aggregate',
  candidates: defaultCandidates.join(','),
  refit: options.refit,
  every: options.every,
};
const trainer = await trainerHere();

/** Weighted quantile loss at each distance ahead. */
async function lossesOf(one: Case, changed: Omit<Variant, 'sign'>): Promise<readonly number[]> {
  const scores = await follow({ ...(await courseOf(one, typed)), ...changed }, trainer);
  return scores.get('aggregate')!.map((tally) => tally.weightedQuantileLoss());
}

interface Worth {
  readonly name: string;
  readonly variant: string;
  /** By distance ahead, in percent. */
  readonly percent: readonly number[];
}

const worths: Worth[] = [];
const chosen = [...variants()].filter(([name]) => options.variants.split(',').includes(name));
const parts = Object.entries(machinery).filter(([name]) => options.variants.split(',').includes(name));

function note(name: string, variant: string, sign: 1 | -1, losses: readonly number[], plain: readonly number[]): void {
  const percent = losses.map((loss, i) => Number((100 * sign * (loss / plain[i]! - 1)).toFixed(2)));
  worths.push({ name, variant, percent });
  process.stderr.write(`${name} ${variant}: ${percent.join(' ')}\n`);
}
for (const one of await readCases(options.cases, options.only?.split(','))) {
  const plain = chosen.length > 0 ? await lossesOf(one, asItIs) : [];
  for (const [variant, { sign, ...changed }] of chosen) {
    note(one.name, variant, sign, await lossesOf(one, changed), plain);
  }
  if (parts.length === 0) continue;
  const course = await courseOf(one, typed);
  const whole = lossesWith(course);
  for (const [variant, amend] of parts) note(one.name, variant, 1, lossesWith(course, amend), whole);
}

/** By what is taken out or added: median, best and worst of the cases. */
function markdown(): string {
  const aheads = options.ahead.split(',');
  const head = ['part', 'by default', ...aheads.flatMap((ahead) => [`${ahead} median`, 'best', 'worst', 'helps'])];
  const all = [
    ...chosen.map(([name, { sign }]) => [name, sign === 1 ? 'on' : 'off'] as const),
    ...parts.map(([name]) => [name, 'on'] as const),
  ];
  const rows = all.map(([variant, state]) => {
    const own = worths.filter((worth) => worth.variant === variant);
    const cells = aheads.flatMap((_, i) => {
      const values = own.map(({ percent }) => percent[i]!);
      const helped = values.filter((value) => value > 0).length;
      return [median(values), Math.max(...values), Math.min(...values)]
        .map((value) => value.toFixed(2))
        .concat(`${helped} of ${values.length}`);
    });
    return [variant, state, ...cells];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

process.stdout.write(options.output === 'json' ? `${JSON.stringify(worths)}\n` : `${markdown()}\n`);
