/** The demo as plain lines, for logs and pipes. */
import type { Change } from '../../app/demo/demo.ts';
import type { DemoScore } from '../../app/demo/score.ts';
import { table } from '../table.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Mon 06:03`, in the shop's time. */
export function clockText(ms: number): string {
  const moment = new Date(ms);
  return `${weekdays[moment.getUTCDay()]} ${moment.toISOString().slice(11, 16)}`;
}

export function changeLine({ atMs, workload, from, to, reasons }: Change): string {
  const why = reasons.map(({ message }) => message).join('; ');
  return `${clockText(atMs)}  ${workload.padEnd(9)} ${String(from).padStart(3)} → ${String(to).padEnd(3)} ${why}`;
}

/** One line at the end of each simulated day. */
export function dayLine(atMs: number, scores: readonly DemoScore[]): string {
  const parts = scores.map(
    ({ policy, replica_hours, violation_share }) =>
      `${policy} ${replica_hours.toFixed(0)} replica-hours, ${percent(violation_share)} short`,
  );
  return `${clockText(atMs)}  so far: ${parts.join(' · ')}`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** The end of the story. */
export function scoreTable(scores: readonly DemoScore[]): string {
  const rows = scores.map(({ policy, replica_hours, violation_share, scale_ups, scale_downs }) => [
    policy,
    replica_hours.toFixed(0).padStart(13),
    percent(violation_share).padStart(13),
    String(scale_ups).padStart(5),
    String(scale_downs).padStart(5),
  ]);
  return table(['policy', 'replica-hours', 'time too few', '  ups', 'downs'], rows);
}
