/** Entry of a batch thread: does the tasks that it is sent. */
import { parentPort } from 'node:worker_threads';
import { runTask } from '../../forecast/batch/tasks.ts';
import type { TaskMessage, TaskReply } from './messages.ts';

parentPort!.on('message', ({ task, data }: TaskMessage) => {
  let reply: TaskReply;
  try {
    reply = { kind: 'done', answer: runTask(task, data) };
  } catch (error) {
    reply = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  parentPort!.postMessage(reply);
});
