/** Which values of a series are not on disk yet, without keeping a second copy of it in memory. */
import { crc32 } from 'node:zlib';
import { endMs, type TimeSeries } from '../../domain/time-series.ts';

/** Steps to a block: 2 kB, what is written at least when a value changed. */
const BLOCK = 256;

/** What is on disk: where it begins and ends, and a checksum of every block. */
export interface Written {
  readonly startMs: number;
  /** Start of the series that the checksums are of; the one on disk may begin earlier. */
  readonly checkedFromMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** By index of the block, counted from the epoch, so that it does not move with the window. */
  readonly blocks: ReadonlyMap<number, number>;
}

export function writtenOf(series: TimeSeries, startMs: number = series.startMs): Written {
  const blocks = new Map(blocksOf(series).map((block) => [block.index, block.checksum]));
  return { startMs, checkedFromMs: series.startMs, endMs: endMs(series), stepMs: series.stepMs, blocks };
}

/** Runs of values to append, oldest first; undefined when the file has to be written anew. */
export function changesSince(written: Written, series: TimeSeries): readonly TimeSeries[] | undefined {
  const { startMs, stepMs, values } = series;
  const fits =
    stepMs === written.stepMs &&
    startMs >= written.startMs &&
    startMs <= written.endMs &&
    endMs(series) >= written.endMs;
  if (!fits || (startMs - written.startMs) % stepMs !== 0) return undefined;
  // Where the window cuts into its first block, the checksum differs though nothing changed. What is missed there is a
  // correction of the very oldest values, which are about to leave.
  const cut = startMs !== written.checkedFromMs;
  const changed = blocksOf(series).filter(
    (block, i, blocks) => written.blocks.get(block.index) !== block.checksum && !(cut && i === 0 && blocks.length > 1),
  );
  return changed.map(({ from, to }) => ({
    startMs: startMs + from * stepMs,
    stepMs,
    values: values.subarray(from, to),
  }));
}

interface Block {
  readonly index: number;
  /** Positions in the values, `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly checksum: number;
}

function blocksOf({ startMs, stepMs, values }: TimeSeries): readonly Block[] {
  const firstStep = Math.round(startMs / stepMs);
  const blocks: Block[] = [];
  for (let from = 0; from < values.length; ) {
    const index = Math.floor((firstStep + from) / BLOCK);
    const to = Math.min((index + 1) * BLOCK - firstStep, values.length);
    const part = values.subarray(from, to);
    blocks.push({ index, from, to, checksum: crc32(new Uint8Array(part.buffer, part.byteOffset, part.byteLength)) });
    from = to;
  }
  return blocks;
}
