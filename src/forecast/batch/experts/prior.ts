/**
 * Networks that were trained beforehand on other load, as members. Their weights stay as they are; of the series at hand
 * they learn its level, its seasons and its scale, step by step.
 *
 * They measure time in hours and days, while a table may only count. So the shortest season is taken for a day.
 */
import { startPast } from '../../experts/start-past.ts';
import { type Encoder, followScales } from '../../global/follow-scales.ts';
import { shareLstm } from '../../global/global-lstm.ts';
import { shareMixer } from '../../global/global-mixer.ts';
import type { GlobalNetworks } from '../../global/networks.ts';
import { UNIT_HORIZONS } from '../../global/units.ts';
import { fitTransform, fromZ, type Transform, toZ } from '../../transform.ts';
import type { Past } from '../expert.ts';
import type { PooledExpert, PooledFitted, PooledSettings } from '../pooled.ts';

const DAY_MS = 86_400_000;
/** Newest steps that a network follows: half a year of hours, two weeks of five minutes. */
const MOST_STEPS = 4_096;

/** A network and whether it keeps something of every step; one that does not is only asked where a forecast is wanted. */
interface Reader {
  readonly encoder: Encoder;
  readonly remembers: boolean;
}

export function priorExperts({ lstm, mixer }: GlobalNetworks): readonly PooledExpert[] {
  const member = (name: string, effort: number, read: () => Reader): PooledExpert => ({
    name,
    effort,
    learn: (pasts, settings) => learn(pasts, settings, read()),
  });
  return [
    member('prior-lstm', 40, () => ({ encoder: shareLstm(lstm), remembers: true })),
    member('prior-mixer', 20, () => ({ encoder: shareMixer(mixer), remembers: false })),
  ];
}

function learn(pasts: readonly Past[], settings: PooledSettings, reader: Reader): PooledFitted {
  const { seasons, horizon } = settings;
  const [day] = seasons;
  if (day === undefined) return { kind: 'asleep', reason: 'it needs a season to take for a day' };
  const stepMs = DAY_MS / day;
  const sees = UNIT_HORIZONS.at(-1)! * reader.encoder.widths(stepMs, horizon).at(-1)!;
  if (horizon > sees) return { kind: 'asleep', reason: `it sees ${sees} steps ahead, not ${horizon}` };
  const subjectsOf = (known: readonly Past[]) =>
    known.map((past): Subject => ({ filled: past.filled, transform: fitTransform(past.values, seasons) }));
  let subjects = subjectsOf(pasts);
  return {
    kind: 'fitted',
    extend: (longer) => {
      subjects = subjectsOf(longer);
    },
    forecast: (histories, owners, out) => {
      const row = (i: number) => out.subarray(i * horizon, (i + 1) * horizon);
      for (const [owner, own] of byOwner(histories, owners)) {
        follow(
          reader,
          subjects[owner]!,
          own.map((i) => ({ values: histories[i]!, out: row(i) })),
          { ...settings, stepMs },
        );
      }
    },
  };
}

interface Subject {
  /** For as long as it was known when it was learned from. */
  readonly filled: Uint8Array | undefined;
  readonly transform: Transform;
}

/** Indices of the histories of each series, the shortest first. */
function byOwner(histories: readonly Float64Array[], owners: readonly number[]): Map<number, number[]> {
  const own = Map.groupBy(histories.keys(), (i) => owners[i]!);
  for (const list of own.values()) list.sort((a, b) => histories[a]!.length - histories[b]!.length);
  return own;
}

interface Wanted {
  readonly values: Float64Array;
  readonly out: Float64Array;
}

/** Goes once through the longest history, of which the others are the beginnings, and forecasts where each of them ends. */
function follow(
  { encoder, remembers }: Reader,
  { filled, transform }: Subject,
  wanted: readonly Wanted[],
  { seasons, horizon, stepMs }: PooledSettings & { readonly stepMs: number },
): void {
  const { values } = wanted.at(-1)!;
  const firstStep = Math.max(0, values.length - MOST_STEPS);
  const past = startPast({ stepMs, seasons, firstStep });
  const horizons = Array.from({ length: horizon }, (_, h) => h + 1);
  const widest = encoder.widths(stepMs, horizon).at(-1)!;
  let [next, t] = [0, firstStep];
  const isNear = () => remembers || wanted[next]!.values.length - t <= widest;
  const look: Encoder['look'] = (...seen) => isNear() && encoder.look(...seen);
  const expert = followScales({ ...encoder, look }, { stepMs, seasons, horizons, past });
  for (; t < values.length; t++) {
    const z = filled?.[t] === 1 ? Number.NaN : toZ(transform, values[t]!);
    past.push(z, 'ok', past.filled(past.before(t, seasons[0]!)));
    expert.observe();
    for (; wanted[next]?.values.length === t + 1; next++) {
      expert.predict(wanted[next]!.out);
      for (let h = 0; h < horizon; h++) wanted[next]!.out[h] = fromZ(transform, wanted[next]!.out[h]!);
    }
    if (next === wanted.length) break;
  }
}
