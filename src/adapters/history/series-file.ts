/**
 * The form of a series on disk, version 1: a header and then records, of which the first holds the whole series and
 * each later one some values that changed or were added since. All numbers little-endian.
 *
 *     header                              record
 *       magic "FSSERIES"   8 bytes          startMs            float64, of the first value
 *       version            uint32           number of values   uint32, ≥ 1
 *       length of key      uint32, bytes    CRC-32             uint32, over all else in the record
 *       stepMs             float64          values             float64 each, NaN is missing
 *       CRC-32             uint32, over
 *                          all else in the header
 *       reserved           4 bytes, zero
 *       key                UTF-8, zeros up to a multiple of 8
 *
 * A record that was cut off by a kill is at the end and does not verify; what is before it stands. Values keep all
 * 64 bits, so that a restart decides on exactly the numbers that were there before it.
 */
import { crc32 } from 'node:zlib';
import type { TimeSeries } from '../../domain/time-series.ts';

const MAGIC = 'FSSERIES';
const VERSION = 1;
const FIXED_BYTES = 32;
const RECORD_BYTES = 16;

export type Decoded =
  | {
      readonly kind: 'series';
      readonly series: TimeSeries;
      /** Length of the part that verifies; the next record belongs there. */
      readonly bytes: number;
      /** Length of the header and the first record. */
      readonly wholeBytes: number;
    }
  | { readonly kind: 'damaged'; readonly message: string };

interface Piece {
  readonly startMs: number;
  readonly values: Float64Array;
}

/** The header and the first record. */
export function encodeWhole(key: string, series: TimeSeries): Buffer {
  return Buffer.concat([encodeHeader(key, series.stepMs), encodeRecord(series.startMs, series.values)]);
}

function encodeHeader(key: string, stepMs: number): Buffer {
  const name = Buffer.from(key, 'utf8');
  const header = Buffer.alloc(headerBytes(name.length));
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(name.length, 12);
  header.writeDoubleLE(stepMs, 16);
  name.copy(header, FIXED_BYTES);
  header.writeUInt32LE(crc32(header), 24);
  return header;
}

function headerBytes(keyBytes: number): number {
  return FIXED_BYTES + Math.ceil(keyBytes / 8) * 8;
}

export function encodeRecord(startMs: number, values: Float64Array): Buffer {
  const record = Buffer.alloc(RECORD_BYTES + values.byteLength);
  record.writeDoubleLE(startMs, 0);
  record.writeUInt32LE(values.length, 8);
  // Copied as they lie in memory: every platform that the project supports is little-endian.
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(record, RECORD_BYTES);
  record.writeUInt32LE(recordChecksum(record), 12);
  return record;
}

function recordChecksum(record: Buffer): number {
  return crc32(record.subarray(RECORD_BYTES), crc32(record.subarray(0, 12)));
}

/** Never throws: whatever bytes there are, they are a series of this key or damage with a description. */
export function decodeSeries(key: string, file: Buffer): Decoded {
  const problem = headerProblem(key, file);
  if (problem !== undefined) return { kind: 'damaged', message: problem };
  const first = headerBytes(file.readUInt32LE(12));
  const records: Piece[] = [];
  let at = first;
  for (let record = recordAt(file, at); record; record = recordAt(file, at)) {
    records.push(record);
    at += RECORD_BYTES + record.values.byteLength;
  }
  if (records.length === 0) return { kind: 'damaged', message: 'the first record does not verify' };
  if (at < file.length && !reachesEnd(file, at))
    return { kind: 'damaged', message: `the record at byte ${at} does not verify` };
  const wholeBytes = first + RECORD_BYTES + records[0]!.values.byteLength;
  return { kind: 'series', series: joined(records, file.readDoubleLE(16)), bytes: at, wholeBytes };
}

function headerProblem(key: string, file: Buffer): string | undefined {
  if (file.length < FIXED_BYTES) return `expected at least ${FIXED_BYTES} bytes, found ${file.length}`;
  if (file.toString('latin1', 0, 8) !== MAGIC) return 'expected a forescale series, found another kind of file';
  const version = file.readUInt32LE(8);
  if (version !== VERSION) return `expected format version ${VERSION}, found ${version}`;
  const keyBytes = file.readUInt32LE(12);
  const length = headerBytes(keyBytes);
  if (file.length < length) return `expected a header of ${length} bytes, found ${file.length}`;
  const header = Buffer.from(file.subarray(0, length));
  header.writeUInt32LE(0, 24);
  if (crc32(header) !== file.readUInt32LE(24)) return 'the checksum of the header does not match';
  const found = file.toString('utf8', FIXED_BYTES, FIXED_BYTES + keyBytes);
  return found === key ? undefined : `expected the series of ${key}, found that of ${found}`;
}

function recordLength(file: Buffer, at: number): number | undefined {
  if (at + RECORD_BYTES > file.length) return undefined;
  return RECORD_BYTES + 8 * file.readUInt32LE(at + 8);
}

/** The record that begins at a byte; undefined when none verifies there. */
function recordAt(file: Buffer, at: number): Piece | undefined {
  const length = recordLength(file, at);
  if (length === undefined || length === RECORD_BYTES || at + length > file.length) return undefined;
  const record = file.subarray(at, at + length);
  if (recordChecksum(record) !== record.readUInt32LE(12)) return undefined;
  const bytes = new Uint8Array(record.subarray(RECORD_BYTES));
  return { startMs: record.readDoubleLE(0), values: new Float64Array(bytes.buffer) };
}

/** Whether what does not verify can be a record that was cut off: nothing follows it. */
function reachesEnd(file: Buffer, at: number): boolean {
  const length = recordLength(file, at);
  return length === undefined || at + length >= file.length || file.subarray(at).every((byte) => byte === 0);
}

function joined(records: readonly Piece[], stepMs: number): TimeSeries {
  const { startMs } = records[0]!;
  const ends = records.map((record) => Math.round((record.startMs - startMs) / stepMs) + record.values.length);
  const values = new Float64Array(Math.max(...ends)).fill(Number.NaN);
  for (const record of records) values.set(record.values, Math.round((record.startMs - startMs) / stepMs));
  return { startMs, stepMs, values };
}
