import process from 'node:process';

export interface Progress {
  update(done: number): void;
  /** Takes the bar off the screen. */
  end(): void;
}

/** Where the bar is drawn. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): boolean;
}

const WIDTH = 30;
const FIRST_AFTER_MS = 1_000;
const EVERY_MS = 100;

/**
 * A bar on a terminal, for work that takes longer than a second. It shows as well while nothing is reported, as during a
 * long first fit, and shows how long it has been at it until there is a share to go by.
 */
export function startProgress(what: string, total: number, screen: Screen = process.stderr): Progress {
  if (!screen.isTTY) return { update() {}, end() {} };
  const startedMs = Date.now();
  let nextMs = startedMs + FIRST_AFTER_MS;
  let done = 0;
  let shown = false;
  const draw = () => {
    const nowMs = Date.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + EVERY_MS;
    shown = true;
    screen.write(`\r\x1b[K${what} ${barOf(done / total)}, ${timeWords((nowMs - startedMs) / 1000, done, total)}`);
  };
  const timer = setInterval(draw, EVERY_MS).unref();
  return {
    update(finished) {
      done = finished;
      draw();
    },
    end() {
      clearInterval(timer);
      if (shown) screen.write('\r\x1b[K');
    },
  };
}

function barOf(share: number): string {
  const filled = Math.round(WIDTH * share);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(100 * share)} %`;
}

/** A hundredth is the least from which anything can be said of the rest. */
function timeWords(elapsedS: number, done: number, total: number): string {
  if (done < total / 100) return `${Math.floor(elapsedS)} s so far`;
  return `${Math.ceil((elapsedS * (total - done)) / done)} s left`;
}
