/** What a command gets from the outside, so that tests can run commands in-process. */
export interface Context {
  /** Aborted on SIGINT and SIGTERM. */
  readonly stop: AbortSignal;
  /** Results. */
  readonly print: (text: string) => void;
  /** Progress and problems. */
  readonly say: (text: string) => void;
  /** Sets the exit code: 0 done, 1 failed, 2 from `plan` when changes are pending. */
  readonly exit: (code: 0 | 1 | 2) => void;
}
