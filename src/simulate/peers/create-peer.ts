import type { CausalPolicy, Pause, WorkloadCard, WorkloadView } from '../policy.ts';
import type { Timetable } from '../timetable.ts';
import type { Decide, Peer } from './peer.ts';
import { replayWarmUp } from './replay.ts';
import { tuneOnWarmUp } from './tune.ts';

/** Share of time in violation that a peer aims at when none is named: that of a workload without settings. */
const DEFAULT_VIOLATION_SHARE = 0.001;

/**
 * A policy out of a peer: its first variant at mid-ladder through the warm-up, then the setting that the warm-up
 * taught, which goes on as if it had decided from the first row.
 */
export function createPeer<Rung>(
  name: string,
  peer: Peer<Rung>,
  violationShare: number = DEFAULT_VIOLATION_SHARE,
): CausalPolicy {
  return {
    kind: 'causal',
    name,
    start(cards, timetable, seed) {
      const runs = cards.map((card, i) => startRun(peer, violationShare, card, timetable, seed + i));
      return {
        prepare: ({ row, workloads }, pause) =>
          row === timetable.warmUpRows ? tuneAll(runs, workloads, pause) : undefined,
        decide: (moment) => moment.workloads.map((view, i) => runs[i]!.decide(view, moment)),
      };
    },
  };
}

interface Run {
  tune(view: WorkloadView, pause: Pause | undefined): Promise<void>;
  readonly decide: Decide;
}

async function tuneAll(runs: readonly Run[], views: readonly WorkloadView[], pause: Pause | undefined): Promise<void> {
  for (const [i, run] of runs.entries()) await run.tune(views[i]!, pause);
}

function startRun<Rung>(
  { variants, ladder }: Peer<Rung>,
  violationShare: number,
  card: WorkloadCard,
  timetable: Timetable,
  seed: number,
): Run {
  const starts = variants.map((open) => open(card));
  let current = starts[0]!(ladder[Math.floor(ladder.length / 2)]!, timetable, seed);
  return {
    async tune(view, pause) {
      const past = { card, rates: view.rates.slice(0, view.known), timetable, seed };
      const tuned = await tuneOnWarmUp(starts, ladder, past, violationShare, pause);
      if (tuned === undefined) return;
      const { variant, rung } = tuned.best;
      current = replayWarmUp(past, (replayed) => starts[variant]!(ladder[rung]!, replayed, seed)).decide;
    },
    decide: (view, moment) => current(view, moment),
  };
}
