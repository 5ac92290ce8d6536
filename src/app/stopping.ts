/** How a process that was asked to end keeps its word: waits end at once, what is on its way a little later. */

/** Resolves when the signal aborts; never rejects. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** A signal that aborts `ms` after `stop`: a write that is on its way gets that long to be answered. */
export function laterThan(stop: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController();
  void aborted(stop).then(() => setTimeout(() => later.abort(), ms).unref());
  return later.signal;
}
