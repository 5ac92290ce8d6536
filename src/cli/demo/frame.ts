/** One picture of the running demo: pure, from what is seen to lines of text. */
import type { DemoScore } from '../../app/demo/score.ts';
import { drawChart } from './chart.ts';
import { clockText, percent } from './lines.ts';
import { paint, type Span, span } from './spans.ts';

export interface Scene {
  readonly nowMs: number;
  readonly day: number;
  readonly days: number;
  readonly pace: string;
  /** What keeps the clock from running, when something does. */
  readonly busy?: string;
  readonly workloads: readonly WorkloadScene[];
  /** forescale first. */
  readonly scores: readonly DemoScore[];
  /** Newest last. */
  readonly changes: readonly string[];
}

export interface WorkloadScene {
  readonly title: string;
  readonly about: string;
  readonly rate: number;
  readonly past: readonly number[];
  readonly mean: readonly number[];
  readonly upper: readonly number[];
  readonly needed: number;
  readonly forescale: Fleet;
  readonly rival: Fleet;
  readonly why: string;
}

export interface Fleet {
  readonly wanted: number;
  readonly ready: number;
}

export const RIVAL = 'hpa:0.7';
/** Lines of a workload beside its chart. */
const CAPTIONS = 3;
const LEAST_CHART = 1;
const MOST_CHART = 6;

/** Fits any size of terminal: charts grow with the height, the newest changes take what is left. */
export function drawFrame(scene: Scene, width: number, height: number, coloured: boolean): readonly string[] {
  const fixed = 2 + CAPTIONS * scene.workloads.length + scene.scores.length + 2;
  const spare = Math.floor((height - fixed - 2) / Math.max(1, scene.workloads.length));
  const chartHeight = Math.min(MOST_CHART, Math.max(LEAST_CHART, spare));
  const lines = [
    ...header(scene),
    ...scene.workloads.flatMap((workload) => workloadLines(workload, width, chartHeight)),
    ...scoreLines(scene.scores),
  ];
  const room = Math.max(0, height - lines.length - 1);
  const changes = room === 0 ? [] : scene.changes.slice(-room).map((text) => [span(text, 'dim')]);
  return [...lines, ...changes].slice(0, height - 1).map((line) => paint(line, width, coloured));
}

function header({ nowMs, day, days, pace, busy }: Scene): readonly (readonly Span[])[] {
  const state = busy === undefined ? span(pace, 'dim') : span(busy, 'yellow');
  return [
    [
      span('forescale', 'bold'),
      span(` plans an online shop · ${clockText(nowMs)}, day ${day} of ${days} · `),
      state,
      span(' · Ctrl-C ends', 'dim'),
    ],
    [],
  ];
}

function workloadLines(workload: WorkloadScene, width: number, chartHeight: number): readonly (readonly Span[])[] {
  const { title, about, rate } = workload;
  return [
    [span(title, 'bold'), span(`  ${short(rate)} requests/s`, 'cyan'), span(`  ${about}`, 'dim')],
    ...drawChart(workload, width, chartHeight),
    fleetLine(workload),
    [span('  why ', 'dim'), span(workload.why)],
  ];
}

function fleetLine({ forescale, rival, needed }: WorkloadScene): readonly Span[] {
  return [
    span(`  needed ${needed}`.padEnd(13)),
    span('forescale ', 'bold'),
    ...fleet(forescale, needed),
    span(`   ${RIVAL} `, 'dim'),
    ...fleet(rival, needed),
  ];
}

function fleet({ wanted, ready }: Fleet, needed: number): readonly Span[] {
  const state =
    ready < needed ? span(`${ready} ready, ${needed - ready} too few`, 'red') : span(`${ready} ready`, 'green');
  return [state, span(wanted > ready ? ` +${wanted - ready} starting` : '')].map((part) => ({
    ...part,
    text: part.text.padEnd(part === state ? 17 : 12),
  }));
}

function scoreLines(scores: readonly DemoScore[]): readonly (readonly Span[])[] {
  const [own] = scores;
  const line = (score: DemoScore): readonly Span[] => [
    span(`  ${score.policy.padEnd(10)}`, score === own ? 'bold' : 'plain'),
    span(`${score.replica_hours.toFixed(0).padStart(7)} replica-hours`),
    span(
      `${percent(score.violation_share).padStart(10)} of the time too few`,
      score.violation_share > 0.005 ? 'red' : 'green',
    ),
    span(`   ${score.scale_ups} ups, ${score.scale_downs} downs`, 'dim'),
  ];
  return [[], ...scores.map(line), []];
}

function short(value: number): string {
  return Number.isNaN(value) ? '–' : String(Number(value.toPrecision(3)));
}
