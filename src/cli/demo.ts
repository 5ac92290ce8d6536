/** `forescale demo`: the whole loop on an embedded shop, in accelerated time. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { type Demo, openDemo } from '../app/demo/demo.ts';
import { createScorer, type DemoScore } from '../app/demo/score.ts';
import { parseDuration } from '../config/durations.ts';
import { rowMs } from '../simulate/timetable.ts';
import type { Context } from './context.ts';
import { drawFrame } from './demo/frame.ts';
import { changeLine, dayLine, scoreTable } from './demo/lines.ts';
import { play } from './demo/play.ts';
import { sceneOf } from './demo/scene.ts';
import { openScreen } from './demo/screen.ts';
import { startProgress } from './progress.ts';

const help = `
An invented shop (an AI shopping guide that takes five minutes to start, a catalogue, a checkout) with two weeks of
history. forescale learns it, plans ahead of its peaks and acts on the plan; beside it the same load meets a plain HPA
at 70 % and at 50 % CPU, and perfect foresight. Load, start-up and queues are simulated; forecasts, planning and
decisions are those of production. Nothing outside is read or written.

Examples:
  forescale demo
  forescale demo --for 7d --speed 3600
  forescale demo --for 3d --speed max --seed 1 -o json     the same bytes every time`;

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 60;
/** Ten simulated minutes a second. */
const LIVE_SPEED = 600;

interface DemoOptions {
  readonly for: string;
  readonly speed?: string;
  readonly seed: string;
  readonly output: 'text' | 'json';
}

interface DemoPlan {
  readonly forMs: number;
  readonly speed: number;
  readonly seed: number;
}

/** @throws Error with every problem of the command line */
function readOptions(options: DemoOptions, live: boolean): DemoPlan {
  const forMs = parseDuration(options.for) ?? 0;
  const speed = speedOf(options.speed ?? (live ? String(LIVE_SPEED) : 'max'));
  const seed = /^\d{1,9}$/.test(options.seed) ? Number(options.seed) : Number.NaN;
  const problems: string[] = [];
  if (forMs < 60_000 || forMs > LONGEST_DAYS * DAY_MS || forMs % 60_000 !== 0)
    problems.push(`--for: expected whole minutes up to ${LONGEST_DAYS}d, such as 3d, got "${options.for}"`);
  if (!(speed > 0)) problems.push(`--speed: expected max or a number above 0, got "${options.speed}"`);
  if (Number.isNaN(seed)) problems.push(`--seed: expected a whole number of at most 9 digits, got "${options.seed}"`);
  if (problems.length > 0) throw new Error(`demo: nothing was started.\n  ${problems.join('\n  ')}`);
  return { forMs, speed, seed };
}

function speedOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

async function playJson(demo: Demo, context: Context): Promise<void> {
  const { timetable, simulation } = demo;
  const progress = startProgress('playing', timetable.rows);
  const onRow = () => progress.update(simulation.rowsDone());
  const ended = await play(demo, { speed: Number.POSITIVE_INFINITY, signal: context.stop, onRow });
  progress.end();
  if (!ended) throw new Error('the demo was stopped before its end; nothing was printed');
  context.print(`${JSON.stringify(documentOf(demo, createScorer(demo)()), null, 2)}\n`);
}

function documentOf({ changes }: Demo, policies: readonly DemoScore[]) {
  return {
    policies,
    changes: changes.map(({ atMs, ...change }) => ({ at: new Date(atMs).toISOString(), ...change })),
  };
}

async function playLines(demo: Demo, speed: number, context: Context): Promise<void> {
  const { timetable, simulation, changes } = demo;
  const scores = createScorer(demo);
  let told = 0;
  context.print('forescale replays two weeks of the shop and learns them ...\n');
  const onRow = () => {
    for (; told < changes.length; told++) context.print(`${changeLine(changes[told]!)}\n`);
    const nowMs = rowMs(timetable, simulation.rowsDone());
    if (nowMs % DAY_MS === 0 && simulation.rowsDone() > timetable.warmUpRows)
      context.print(`${dayLine(nowMs, scores())}\n`);
  };
  await play(demo, { speed, signal: context.stop, onRow });
  context.print(`\n${scoreTable(scores())}`);
}

async function playLive(demo: Demo, speed: number, context: Context): Promise<void> {
  const scores = createScorer(demo);
  const pace = speed === Number.POSITIVE_INFINITY ? 'as fast as it goes' : `${speed} × real time`;
  const screen = openScreen((width, height, coloured) => {
    const scene = sceneOf(demo, scores(), pace, busyWith(demo));
    return drawFrame(scene, width, height, coloured);
  });
  try {
    await play(demo, { speed, signal: context.stop });
  } finally {
    screen.close();
  }
  context.print(scoreTable(scores()));
}

function busyWith({ simulation, timetable, learners }: Demo): string | undefined {
  if (learners().some((learner) => learner.isFitting())) return 'learning: models are fitted and scored';
  return simulation.rowsDone() < timetable.warmUpRows ? 'replaying two weeks of history' : undefined;
}

async function runDemo(options: DemoOptions, context: Context): Promise<void> {
  const live = process.stdout.isTTY === true && options.output === 'text';
  const { forMs, speed, seed } = readOptions(options, live);
  await using demo = openDemo({ forMs, seed, signal: context.stop, say: context.say });
  if (options.output === 'json') await playJson(demo, context);
  else if (live) await playLive(demo, speed, context);
  else await playLines(demo, speed, context);
}

export function addDemoCommand(program: Command, context: Context): void {
  program
    .command('demo')
    .summary('watch it at work on an embedded shop')
    .description('Plays the whole loop on an embedded online shop in accelerated time, beside a plain HPA.')
    .option('--for <duration>', 'simulated time behind the two weeks of history', '3d')
    .option('--speed <n>', 'simulated over real time, or max (default: 600 on a terminal, else max)')
    .option('--seed <n>', 'seed of the shop and of all that is learned', '1')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action((options: DemoOptions) => runDemo(options, context));
}
