/**
 * What a declared donor is worth to a workload in its first three days: loss against persistence of what acts without one
 * (`own`), with one (`like`), and of the forecast on borrowed history alone, whether it is listened to or not (`borrowed`).
 *
 *   node src/launch.mjs --script test/bench/forecast/borrowed.ts --traces a.csv.gz,b.csv.gz,… --column NAME [--copies] [--starts 8d,10d]
 *   node src/launch.mjs --script test/bench/forecast/borrowed.ts --generated alike|shifted|flat [--starts 15d7h,17d21h]
 *
 * Of traces each begins with the one before it as its donor, within the first half; with --copies a copy of each, at 0.37 of
 * its level and with lasting noise of its own, begins with the original. Generated loads have days, weeks and
 * lasting noise of their own at 0.37 of the level of the donor: `alike` in its shape, `shifted` by half a day, or `flat`.
 * Fits are those of the daemon: at two hours, and whenever the history has doubled.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createArimaEngine } from '../../../src/adapters/arima/engine.ts';
import { createLstmEngine } from '../../../src/adapters/tensorflow/engine.ts';
import { readTextFile } from '../../../src/cli/text-file.ts';
import type { FitRequest, FittedSeries, ForecasterName, OnlineForecaster } from '../../../src/domain/forecast.ts';
import { sinceFirstSample, type TimeSeries } from '../../../src/domain/time-series.ts';
import { borrowedIn } from '../../../src/forecast/fleet/borrowed-model.ts';
import { borrowPast } from '../../../src/forecast/fleet/borrowed-past.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { fitAndReplay } from '../../../src/pipeline/fit.ts';
import { parseTrace } from '../../../src/simulate/parse-trace.ts';
import { normal } from '../../forecast/made-series.ts';
import { durationOf, levels } from './courses.ts';

const { values: options } = parseArgs({
  options: {
    traces: { type: 'string' },
    column: { type: 'string' },
    generated: { type: 'string' },
    copies: { type: 'boolean', default: false },
    starts: { type: 'string', default: '9d' },
    until: { type: 'string', default: '3d' },
  },
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AGES = ['2h', '8h', '1d', '3d', '14d'];
const AHEAD = ['15m', '1h'];
const ARMS = ['persistence', 'own', 'like', 'borrowed'] as const;
type Arm = (typeof ARMS)[number];
type Running = { readonly [arm in Arm]: OnlineForecaster };

const engines = { arima: createArimaEngine(), lstm: createLstmEngine() };
const candidates: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'];

/** Losses, loads, and how many outcomes lay inside the central 90 % band, by age, horizon and arm. */
type Sums = Map<string, { loss: number; inside: number; count: number; borrowed: number }>;

function requestOf({ stepMs, ...series }: TimeSeries, seasons: readonly number[], previous?: FittedSeries): FitRequest {
  return {
    id: 'young',
    history: { stepMs, ...series },
    seasonLengths: seasons.map((ms) => ms / stepMs),
    levels: [0.5, 0.99],
    horizonSteps: Math.round(HOUR_MS / stepMs),
    seed: 1,
    candidates,
    ...(previous && { previous, acting: previous.acting }),
  };
}

function cut(series: TimeSeries, from: number, to: number): TimeSeries {
  return { ...series, startMs: series.startMs + from * series.stepMs, values: series.values.slice(from, to) };
}

const started = ({ models, acting }: FittedSeries, history: TimeSeries) => startForecaster(models[acting]!, history);

/** As the daemon does it, with what was fitted before and how the two compared so far. */
async function fitAll(own: TimeSeries, donor: TimeSeries, before?: FittedSeries, running?: Running) {
  const borrowing = borrowPast(own, { series: donor, marks: [] });
  const record = running?.like.status?.().borrowed?.record;
  const request = requestOf(own, [DAY_MS, 7 * DAY_MS], before);
  const fitted = await fitAndReplay(
    borrowing.kind === 'none'
      ? request
      : { ...request, borrowed: { ...borrowing.past, from: 'donor', ...(record && { record }) } },
    engines,
  );
  if (borrowing.kind === 'none') process.stderr.write(`nothing is borrowed: ${borrowing.reason}\n`);
  const flat = await fitAndReplay({ ...requestOf(own, []), candidates: ['seasonal-naive'] }, engines);
  const { aggregate } = fitted.models;
  const borrowed = aggregate && borrowedIn(aggregate);
  const alone = await fitAndReplay(request, engines);
  const next: Running = {
    persistence: startForecaster(flat.models['seasonal-naive']!, own),
    own: started(alone, own),
    like: started(fitted, own),
    borrowed: borrowed ? startForecaster(borrowed.model, own) : started(alone, own),
  };
  return { fitted, running: next };
}

function note(sums: Sums, key: string, y: number, quantiles: readonly number[], isBorrowed: boolean): void {
  const sum = sums.get(key) ?? { loss: 0, inside: 0, count: 0, borrowed: 0 };
  sums.set(key, sum);
  for (let j = 0; j < levels.length; j++) {
    const error = y - quantiles[j]!;
    sum.loss += error >= 0 ? levels[j]! * error : (levels[j]! - 1) * error;
  }
  const [low, high] = [quantiles[levels.indexOf(0.05)]!, quantiles[levels.indexOf(0.95)]!];
  sum.count += 1;
  sum.inside += y >= low && y <= high ? 1 : 0;
  sum.borrowed += isBorrowed ? 1 : 0;
}

async function coldStart(whole: TimeSeries, donor: TimeSeries, startMs: number, sums: Sums): Promise<void> {
  const { stepMs, values } = whole;
  const first = Math.round(startMs / stepMs);
  const hour = Math.round(HOUR_MS / stepMs);
  const last = Math.min(values.length, first + Math.round(durationOf(options.until) / stepMs));
  const edges = AGES.map((age) => durationOf(age) / stepMs);
  let [fitted, running]: [FittedSeries?, Running?] = [];
  let next = 2 * hour;
  for (let now = first + 2 * hour; now < last; now++) {
    if (now - first === next) {
      const own = sinceFirstSample(cut(whole, first, now));
      ({ fitted, running } = await fitAll(own, cut(donor, 0, now), fitted, running));
      next *= 2;
    } else for (const one of Object.values(running!)) one.observe(values[now - 1]!);
    if (now % Math.max(1, Math.round(hour / 4)) !== 0) continue;
    const age = AGES[edges.findLastIndex((edge) => edge <= now - first)]!;
    const isBorrowed = running!.like.status?.().borrowed?.acting === true;
    for (const arm of ARMS) {
      const { quantiles } = running![arm].forecast(hour, levels);
      for (const ahead of AHEAD) {
        const steps = Math.max(1, Math.round(durationOf(ahead) / stepMs));
        const y = values[now + steps - 1];
        const row = quantiles.map((all) => all[steps - 1]!);
        if (y !== undefined && Number.isFinite(y)) note(sums, `${age} ${ahead} ${arm}`, y, row, isBorrowed);
      }
    }
  }
}

function generated(kind: string, stepMs: number): readonly TimeSeries[] {
  const day = DAY_MS / stepMs;
  const load = (seed: number, level: number, phase: number, wave: number, weekend: number): TimeSeries => {
    const noise = normal(seed);
    let lasting = 0;
    const values = Float64Array.from({ length: 35 * day }, (_, t) => {
      lasting = 0.97 * lasting + 0.02 * noise();
      const shape = 1 - wave * Math.cos((2 * Math.PI * (t + phase * day)) / day);
      return level * shape * (Math.floor(t / day) % 7 >= 5 ? weekend : 1) * Math.exp(lasting + 0.05 * noise());
    });
    return { startMs: 0, stepMs, values };
  };
  const own: { readonly [name: string]: TimeSeries } = {
    alike: load(2, 37, 0, 0.6, 0.6),
    shifted: load(3, 37, 0.5, 0.5, 1.3),
    flat: load(4, 37, 0, 0, 1),
  };
  return [load(1, 100, 0, 0.6, 0.6), own[kind]!];
}

async function traceOf(path: string, column: string): Promise<TimeSeries> {
  const answer = parseTrace(await readTextFile(path), column);
  if (answer.kind === 'bad') throw new Error(`${path}: ${answer.problem}`);
  const { trace } = answer;
  return { ...trace, values: trace.values.slice(0, trace.values.length >> 1) };
}

function copyOf(trace: TimeSeries): TimeSeries {
  const noise = normal(5);
  let lasting = 0;
  const values = trace.values.map((value) => {
    lasting = 0.97 * lasting + 0.02 * noise();
    return 0.37 * value * Math.exp(lasting + 0.05 * noise());
  });
  return { ...trace, values };
}

/** Both on one grid: traces of one system begin at different times. */
function aligned(own: TimeSeries, donor: TimeSeries): TimeSeries {
  return { ...donor, startMs: own.startMs };
}

function report(name: string, sums: Sums): void {
  for (const age of AGES) {
    const cells = AHEAD.flatMap((ahead) => {
      const of = (arm: Arm) => sums.get(`${age} ${ahead} ${arm}`);
      const base = of('persistence');
      if (!base) return [];
      const gain = (arm: Arm) => (100 * (1 - of(arm)!.loss / base.loss)).toFixed(1).padStart(7);
      const inside = ((100 * of('like')!.inside) / base.count).toFixed(0);
      const listened = ((100 * of('like')!.borrowed) / base.count).toFixed(0).padStart(3);
      return [`${ahead}: ${ARMS.slice(1).map(gain).join(' ')}  90 % band ${inside}  borrowed acts ${listened} %`];
    });
    if (cells.length > 0) process.stdout.write(`${name} from ${age.padStart(3)}  ${cells.join('   ')}\n`);
  }
}

const traces = options.generated
  ? generated(options.generated, 300_000)
  : await Promise.all((options.traces ?? '').split(',').map((path) => traceOf(path, options.column ?? '')));
const pairs = traces.map((trace, i) => {
  if (options.copies) return [trace, copyOf(trace)] as const;
  return [traces.at(i - 1)!, trace] as const;
});
for (const [i, [donor, own]] of (options.generated ? pairs.slice(1) : pairs).entries()) {
  for (const start of options.starts.split(',')) {
    const sums: Sums = new Map();
    await coldStart(own, aligned(own, donor), durationOf(start), sums);
    report(`${options.generated ?? `trace ${i}`} ${start}`, sums);
  }
}
