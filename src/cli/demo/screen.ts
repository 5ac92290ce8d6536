import process from 'node:process';

const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
const FRAME_MS = 100;

/** Keeps a signal from ending the process; what asked for the screen closes it. */
function endure(): void {}

export interface Screen {
  /** Gives the terminal back as it was; safe to call twice. */
  close(): void;
}

/** Draws over a whole terminal ten times a second, at whatever size it has at that moment. */
export function openScreen(draw: (width: number, height: number, coloured: boolean) => readonly string[]): Screen {
  const { stdout } = process;
  const coloured = !('NO_COLOR' in process.env);
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    stdout.off('resize', show);
    process.off('exit', close);
    process.off('SIGINT', endure);
    stdout.write(leave);
  };
  const show = () => {
    const lines = draw(stdout.columns || 80, stdout.rows || 24, coloured);
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`);
  };
  stdout.write(enter);
  const timer = setInterval(show, FRAME_MS);
  stdout.on('resize', show);
  // A terminal sends Ctrl-C to every process of the group, so it may come twice: a second one must not end the process
  // before the cursor is back.
  process.on('SIGINT', endure);
  // Whatever else ends the process, the cursor comes back.
  process.on('exit', close);
  return { close };
}
