/**
 * Logs: one JSON object a line in a cluster, one readable line on a terminal, always on stderr because stdout
 * belongs to results.
 *
 * Stable fields: `workload` (namespace/kind/name), `reason` (src/domain/reasons.ts), `stage`, `signal`, `state`,
 * `from`, `to`, `outcome`, `model`, `cause`, `change`, `error`.
 */
import process from 'node:process';
import winston from 'winston';
import type { Log, LogFields } from '../domain/log.ts';

export interface LogOptions {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** `auto`: text on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'text';
}

/** winston writes NaN and infinities as null and an Error among the fields as {}: both would lose what matters. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return { message: value.message, name: value.name, stack: value.stack };
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

function plainFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
}

function textValue(value: unknown): string {
  if (value instanceof Object && 'message' in value) return String(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const textLine = winston.format.printf(({ timestamp, level, message, ...fields }) => {
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${textValue(value)}`);
  return `${timestamp} ${level.padEnd(5)} ${message}${rest.join('')}`;
});

function formatOf(options: LogOptions): winston.Logform.Format {
  const text = options.format === 'text' || (options.format === 'auto' && process.stderr.isTTY);
  return winston.format.combine(winston.format.timestamp(), text ? textLine : winston.format.json());
}

export interface Logger extends Log {
  /** Level and format of a reloaded configuration. */
  configure(options: LogOptions): void;
}

export function createLogger(options: LogOptions): Logger {
  const stderr = new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] });
  const inner = winston.createLogger({ level: options.level, format: formatOf(options), transports: [stderr] });
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      inner.log({ level, message, ...plainFields(fields) });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    configure(next) {
      inner.configure({ level: next.level, format: formatOf(next), transports: [stderr] });
    },
  };
}
