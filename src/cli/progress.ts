import process from 'node:process';

export interface Progress {
  update(done: number): void;
  /** Takes the bar off the screen. */
  end(): void;
}

const WIDTH = 30;
const FIRST_AFTER_MS = 1_000;
const EVERY_MS = 100;

/** A bar on stderr, on a terminal only, for work that takes longer than a second. */
export function startProgress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update() {}, end() {} };
  const startedMs = Date.now();
  let nextMs = startedMs + FIRST_AFTER_MS;
  let shown = false;
  return {
    update(done) {
      const nowMs = Date.now();
      if (nowMs < nextMs) return;
      nextMs = nowMs + EVERY_MS;
      shown = true;
      const filled = Math.round((WIDTH * done) / total);
      const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
      const leftS = Math.ceil(((nowMs - startedMs) * (total - done)) / Math.max(1, done) / 1000);
      process.stderr.write(`\r\x1b[K${what} ${bar} ${Math.floor((100 * done) / total)} %, ${leftS} s left`);
    },
    end() {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
}
