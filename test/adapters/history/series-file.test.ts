import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileName } from '../../../src/adapters/history/file-name.ts';
import { decodeSeries, encodeRecord, encodeWhole } from '../../../src/adapters/history/series-file.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';

const KEY = 'shop/Deployment/checkout/cpu';
const none = Number.NaN;
const series = (values: readonly number[], startMs = 600): TimeSeries => ({
  startMs,
  stepMs: 100,
  values: Float64Array.from(values),
});
const whole = encodeWhole(KEY, series([1, none, 3]));

function damage(file: Buffer, message: RegExp): void {
  const decoded = decodeSeries(KEY, file);
  assert.match(decoded.kind === 'damaged' ? decoded.message : 'a series', message);
}

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at]! ^= 1;
  return copy;
}

describe('series file', () => {
  it('gives back every bit of the values (property)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.double(), { minLength: 1 }),
        fc.integer({ min: 1 }),
        (key, values, stepMs) => {
          const given = { startMs: 7 * stepMs, stepMs, values: Float64Array.from(values) };
          const decoded = decodeSeries(key, encodeWhole(key, given));
          assert.deepEqual(decoded.kind === 'series' && decoded.series, given);
        },
      ),
    );
  });

  it('lays the records over the first one: 1 changed, 2 added, 1 missing between', () => {
    const file = Buffer.concat([
      whole,
      encodeRecord(700, Float64Array.of(2)),
      encodeRecord(1000, Float64Array.of(5, 6)),
    ]);
    const decoded = decodeSeries(KEY, file);
    assert.deepEqual(decoded.kind === 'series' && decoded.series, series([1, 2, 3, none, 5, 6]));
    assert.deepEqual(decoded.kind === 'series' && [decoded.bytes, decoded.wholeBytes], [file.length, whole.length]);
  });

  it('gives what stood before at every byte where a kill may cut off an addition', () => {
    const file = Buffer.concat([whole, encodeRecord(900, Float64Array.of(4, 5))]);
    for (let length = whole.length; length < file.length; length++) {
      const decoded = decodeSeries(KEY, file.subarray(0, length));
      assert.deepEqual(decoded.kind === 'series' && decoded.series, series([1, none, 3]), `cut off at ${length}`);
      assert.equal(decoded.kind === 'series' && decoded.bytes, whole.length);
    }
  });

  it('drops a tail of zeros, as a file system leaves it after a power cut', () => {
    const decoded = decodeSeries(KEY, Buffer.concat([whole, Buffer.alloc(100)]));
    assert.deepEqual(decoded.kind === 'series' && decoded.series, series([1, none, 3]));
  });

  it('finds a single flipped bit anywhere in the header and the first record', () => {
    const file = Buffer.concat([whole, encodeRecord(900, Float64Array.of(4)), encodeRecord(1000, Float64Array.of(5))]);
    for (let at = 0; at < whole.length; at++) {
      assert.equal(decodeSeries(KEY, flipped(file, at)).kind, 'damaged', `byte ${at}`);
    }
    damage(flipped(file, 29), /checksum of the header/);
  });

  it('finds a record that was damaged in the middle of the file', () => {
    const file = Buffer.concat([whole, encodeRecord(900, Float64Array.of(4)), encodeRecord(1000, Float64Array.of(5))]);
    damage(flipped(file, whole.length + 18), /^the record at byte \d+ does not verify$/);
  });

  it('says what it expected and what it found', () => {
    damage(Buffer.alloc(0), /^expected at least 32 bytes, found 0$/);
    damage(
      Buffer.from('{"version": 1, "values": [1, 2, 3]}'.padEnd(64)),
      /^expected a forescale series, found another kind of file$/,
    );
    const later = Buffer.from(whole);
    later.writeUInt32LE(2, 8);
    damage(later, /^expected format version 1, found 2$/);
    damage(
      encodeWhole('other', series([1])),
      /^expected the series of shop\/Deployment\/checkout\/cpu, found that of other$/,
    );
    damage(whole.subarray(0, whole.length - 1), /^the first record does not verify$/);
    damage(whole.subarray(0, 40), /^expected a header of 64 bytes, found 40$/);
  });

  it('never throws, whatever the bytes (property)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: whole.length }), (bytes, cut) => {
        decodeSeries(KEY, Buffer.from(bytes));
        decodeSeries(KEY, Buffer.concat([whole.subarray(0, cut), bytes]));
      }),
    );
  });
});

describe('fileName', () => {
  it('is readable and has no separator', () => {
    assert.equal(fileName(KEY), 'shop%2FDeployment%2Fcheckout%2Fcpu.series');
  });

  it('stays inside its folder and is never hidden', () => {
    for (const key of ['..', '../../etc/passwd', '.hidden', '/', '']) {
      assert.doesNotMatch(fileName(key), /\/|\\|^\.(?!series$)/, key);
    }
  });

  it('is at most 200 bytes and tells long keys of the same beginning apart', () => {
    const long = 'n'.repeat(400);
    assert.ok(fileName(long).length <= 200);
    assert.notEqual(fileName(`${long}/cpu`), fileName(`${long}/memory`));
  });

  it('is different for different keys (property)', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => assert.equal(fileName(a) === fileName(b), a === b)));
  });
});
