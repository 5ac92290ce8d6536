/**
 * The work of a batch in pieces that do not depend on each other, so that any number of threads can share it and the
 * result is the same: what one piece computes is fixed by its name and the data alone.
 */
import type { GlobalNetworks } from '../global/networks.ts';
import type { Frame, Past } from './expert.ts';
import { priorExperts } from './experts/prior.ts';
import { localExperts, pooledExperts, steadyMembers } from './experts/roster.ts';
import { type LongRun, longRunOf } from './long-run.ts';
import { askLocal, before, type Said } from './member.ts';
import type { Origins } from './origins.ts';
import type { PooledExpert, PooledFitted } from './pooled.ts';

/** A group of series as all pieces see it; the buffers are shared between threads and never written to. */
export interface GroupData {
  /** Values of all series, one after the other. */
  readonly values: Float64Array;
  /** As long as `values`: 1 where a value was filled in. */
  readonly filled: Uint8Array;
  /** Where each series ends. */
  readonly ends: readonly number[];
  readonly origins: readonly Origins[];
  readonly frame: Frame;
  readonly seed: number;
  /** Networks trained beforehand, as further members; none when absent. */
  readonly prior?: GlobalNetworks;
}

export type Task =
  /** All local members, or only those that cannot fail, on the series from `from` up to `to`. */
  | { readonly kind: 'local'; readonly from: number; readonly to: number; readonly simple?: boolean }
  /** One pooled member on all series; `isAsked` when somebody asked for it and has to be told when it says nothing. */
  | { readonly kind: 'pooled'; readonly member: string; readonly isAsked?: boolean };

/** What came of a task, for each of its series in order. */
export type TaskAnswer = readonly {
  readonly said: readonly Said[];
  /** From a local task. */
  readonly longRun?: LongRun;
  /** Why a pooled member has nothing to say of any series. */
  readonly asleep?: string;
}[];

/** Series that one task forecasts locally: small enough to share the work out, large enough not to talk about it all the time. */
const CHUNK = 16;
/** Members that are always there: they cannot run away, and need next to nothing. */
const SIMPLE = 5;

/** In the order of their length, the longest first, so that no thread is left with one of them at the end. */
export function tasksOf(data: GroupData): Task[] {
  const chunks: Task[] = [];
  for (let from = 0; from < data.ends.length; from += CHUNK) {
    chunks.push({ kind: 'local', from, to: Math.min(data.ends.length, from + CHUNK) });
  }
  const own = pooledExperts.map(({ name }): Task => ({ kind: 'pooled', member: name }));
  const prior = priorMembers(data).map(({ name }): Task => ({ kind: 'pooled', member: name, isAsked: true }));
  return [...own.toReversed(), ...prior, ...chunks];
}

/** How much of the whole a task is, for a progress bar. */
export function effortOf(task: Task, data: GroupData): number {
  return task.kind === 'local' ? 1 : memberNamed(task.member, data).effort;
}

export function runTask(task: Task, data: GroupData): TaskAnswer {
  return task.kind === 'local' ? askAllLocal(task, data) : askPooled(memberNamed(task.member, data), data);
}

function priorMembers({ prior }: GroupData): readonly PooledExpert[] {
  return prior ? priorExperts(prior) : [];
}

function memberNamed(name: string, data: GroupData): PooledExpert {
  const member = [...pooledExperts, ...priorMembers(data)].find((one) => one.name === name);
  if (member === undefined) throw new RangeError(`there is no pooled member ${name}`);
  return member;
}

function pastOf({ values, filled, ends }: GroupData, index: number): Past {
  const [from, to] = [index === 0 ? 0 : ends[index - 1]!, ends[index]!];
  const marks = filled.subarray(from, to);
  return { values: values.subarray(from, to), ...(marks.includes(1) && { filled: marks }) };
}

function askAllLocal({ from, to, simple }: Task & { kind: 'local' }, data: GroupData): TaskAnswer {
  const members = simple ? localExperts.slice(0, SIMPLE) : localExperts;
  return Array.from({ length: to - from }, (_, i) => {
    const [past, origins] = [pastOf(data, from + i), data.origins[from + i]!];
    const learned = members.map((member) => member.fit(past, data.frame));
    const said = members.map((member, m) => askLocal(member, learned[m]!, past, data.frame, origins));
    const steady = learned.filter((_, m) => steadyMembers.has(members[m]!.name));
    return { said, longRun: longRunOf(steady, past, data.frame, origins) };
  });
}

/** Learns without the newest points and is judged on them, stage by stage, then learns from all of them and forecasts. */
function askPooled(member: PooledExpert, data: GroupData): TaskAnswer {
  const { frame, origins } = data;
  const pasts = origins.map((_, i) => pastOf(data, i));
  const seed = mixSeed(data.seed, member.name);
  const count = Math.max(0, ...origins.map(({ stages }) => stages.length));
  // A series with fewer stages has the newest ones, and waits in the others with what it knows in its first.
  const stageOf = (i: number, s: number) => origins[i]!.stages[s - count + origins[i]!.stages.length];
  const known = (s: number) =>
    pasts.map((past, i) => before(past, (stageOf(i, s) ?? origins[i]!.stages[0])?.held ?? 0));
  const learned = member.learn(known(0), { ...frame, seed });
  if (learned.kind === 'asleep') return pasts.map(() => ({ said: [], asleep: learned.reason }));
  const judged = origins.map(({ backs, judged: steps }) => ({
    rows: new Float64Array(backs.length * steps),
    filled: 0,
  }));
  for (let s = 0; s < count; s++) {
    if (s > 0) learned.extend(known(s));
    judgeStage(learned, pasts, (i) => stageOf(i, s)?.backs ?? [], data, judged);
  }
  learned.extend(pasts);
  const final = new Float64Array(pasts.length * frame.horizon);
  learned.forecast(
    pasts.map(({ values }) => values),
    pasts.map((_, i) => i),
    final,
  );
  return judged.map(({ rows }, i) => {
    const own = final.slice(i * frame.horizon, (i + 1) * frame.horizon);
    return { said: [{ name: member.name, final: own, judged: rows }] };
  });
}

/** Appends to the rows of each series what is said from its origins of one stage. */
function judgeStage(
  learned: PooledFitted & { kind: 'fitted' },
  pasts: readonly Past[],
  backsOf: (index: number) => readonly number[],
  { frame, origins }: GroupData,
  judged: { readonly rows: Float64Array; filled: number }[],
): void {
  const owners = pasts.flatMap((_, i) => backsOf(i).map(() => i));
  const histories = pasts.flatMap(({ values }, i) =>
    backsOf(i).map((back) => values.subarray(0, values.length - back)),
  );
  const said = new Float64Array(histories.length * frame.horizon);
  learned.forecast(histories, owners, said);
  for (const [row, owner] of owners.entries()) {
    const steps = origins[owner]!.judged;
    const own = judged[owner]!;
    own.rows.set(said.subarray(row * frame.horizon, row * frame.horizon + steps), own.filled);
    own.filled += steps;
  }
}

/** Each member draws its own numbers, whatever else takes part (FNV-1a over the name). */
function mixSeed(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
