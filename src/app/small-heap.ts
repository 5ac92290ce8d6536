import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage before the heap has grown to several times what is live. A back-fill parses hundreds of
 * megabytes of JSON and keeps a tenth of them; by default the rest stays resident for hours.
 *
 * With 100 workloads (test/bench/loop.ts) 446 MB become 232 after the back-fill, 564 become 282 with models, and the
 * peak of 713 becomes 326; a fit takes a fifth longer, in a thread that nobody waits for. A hard limit
 * (--max-old-space-size) would save as much and end the process where the workloads are many.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
}
