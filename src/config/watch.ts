/**
 * Notices that the configuration file has other contents, and reads it again.
 *
 * Contents are compared instead of waiting for file events: a ConfigMap mount changes by swapping a symbolic link two
 * levels up, editors replace the file, and some file systems report no events at all. A file of a few kilobytes every
 * two seconds costs nothing.
 */
import { type LoadResult, loadSettings, readSource } from './load.ts';

const EVERY_MS = 2_000;

interface SettingsWatch {
  /** Reads the file now and delivers the result even when nothing changed (SIGHUP). */
  reload(): void;
  stop(): void;
}

/** What stands for the contents when two looks are compared; a file that is away differs from every text. */
function look(path: string): string {
  const source = readSource(path);
  return source.kind === 'text' ? `text ${source.text}` : `unreadable ${source.found}`;
}

/**
 * Changes count from this call on.
 *
 * @param onChange - called with what the file says now, right or wrong; keeping the settings in force is its business.
 *   Once per change, and only when two looks in a row found the same, so never on a half-written file.
 * @param everyMs - between two looks
 * @returns a watch that does not keep the process alive
 */
export function watchSettings(
  path: string,
  onChange: (result: LoadResult) => void,
  everyMs: number = EVERY_MS,
): SettingsWatch {
  let told = look(path);
  let previous = told;
  const tell = (seen: string) => {
    told = seen;
    onChange(loadSettings(path));
  };
  const timer = setInterval(() => {
    const seen = look(path);
    const settled = seen === previous;
    previous = seen;
    if (settled && seen !== told) tell(seen);
  }, everyMs);
  timer.unref();
  return { reload: () => tell(look(path)), stop: () => clearInterval(timer) };
}
