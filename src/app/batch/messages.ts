import type { GroupData, Task, TaskAnswer } from '../../forecast/batch/tasks.ts';

/** What goes to a batch worker, and what comes back. One task at a time. */
export interface TaskMessage {
  readonly task: Task;
  readonly data: GroupData;
}

export type TaskReply =
  | { readonly kind: 'done'; readonly answer: TaskAnswer }
  | { readonly kind: 'failed'; readonly message: string };
