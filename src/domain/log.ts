/** Fields of a log line; names are stable, see src/telemetry/logger.ts. */
export type LogFields = { readonly [name: string]: unknown };

/** Where stages of the outside world say what happened. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
