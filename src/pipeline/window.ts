/**
 * The window that a decision protects. Replicas asked for now serve from `readyMs` on, those of the next decision a
 * loop later; and what is given up now is missing at once and cannot be back before `readyMs`. So the number must
 * cover the largest need from now to `endMs`. How late the metrics are needs no allowance: the forecast starts at
 * the last complete step and so covers it.
 */
export interface Window {
  readonly startMs: number;
  readonly readyMs: number;
  readonly endMs: number;
}

export function protectionWindow(nowMs: number, leadMs: number, loopMs: number): Window {
  return { startMs: nowMs, readyMs: nowMs + leadMs, endMs: nowMs + leadMs + loopMs };
}
