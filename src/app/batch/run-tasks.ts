/**
 * Does all tasks of a group on a number of threads. Which thread does which task, and when, is left to chance; the answers
 * stand in the order of the tasks. A task whose thread hangs or dies is tried once more on a new one.
 */
import pLimit from 'p-limit';
import type { GroupData, Task, TaskAnswer } from '../../forecast/batch/tasks.ts';
import { type BatchThread, openThread, type TaskOutcome } from './thread.ts';

export interface ThreadOptions {
  /** Number of threads, ≥ 1. */
  readonly workers: number;
  /** A task that takes longer is given up; far more than any task of bounded size needs, so that no result hangs on the clock. */
  readonly timeoutMs: number;
  /** The program of the threads; another one only in tests. */
  readonly program?: URL;
}

export type TaskResult =
  | { readonly kind: 'done'; readonly answer: TaskAnswer }
  /** It failed twice, and how it did the second time. */
  | { readonly kind: 'lost'; readonly message: string };

/**
 * @param onDone - called with every task that ended, in whatever order
 * @throws Error when `signal` is aborted; every thread has ended by then
 */
export async function runTasks(
  tasks: readonly Task[],
  data: GroupData,
  options: ThreadOptions,
  onDone: (task: Task) => void,
  signal: AbortSignal,
): Promise<TaskResult[]> {
  const program = options.program ?? new URL('./worker.ts', import.meta.url);
  const limit = pLimit(options.workers);
  const idle: BatchThread[] = [];
  const open = new Set<BatchThread>();
  const closeAll = () => Promise.all([...open].map((thread) => thread.close()));

  async function attempt(task: Task): Promise<TaskOutcome> {
    if (signal.aborted) return { kind: 'lost', message: 'it was stopped' };
    const thread = idle.pop() ?? openThread(program);
    open.add(thread);
    const outcome = await thread.run({ task, data }, options.timeoutMs);
    if (outcome.kind === 'lost') open.delete(thread);
    else idle.push(thread);
    return outcome;
  }

  async function attemptTwice(task: Task): Promise<TaskResult> {
    let outcome = await attempt(task);
    if (outcome.kind === 'lost') outcome = await attempt(task);
    onDone(task);
    return outcome.kind === 'done' ? outcome : { kind: 'lost', message: outcome.message };
  }

  const stop = () => void closeAll();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const results = await Promise.all(tasks.map((task) => limit(() => attemptTwice(task))));
    if (signal.aborted) throw new Error('stopped. Nothing was written.');
    return results;
  } finally {
    signal.removeEventListener('abort', stop);
    await closeAll();
  }
}
