import assert from 'node:assert/strict';
import { isEnabled, isPaused, ownAnnotations, readLease } from '../../../src/adapters/kubernetes/annotations.ts';

const whole = {
  'forescale.dev/original-min-replicas': '2',
  'forescale.dev/floor': '8',
  'forescale.dev/floor-expires': '2026-11-21T09:15:00Z',
  'forescale.dev/original-cpu-target': '70',
  'forescale.dev/cpu-target': '85',
};

describe('readLease', () => {
  it('reads all of a lease, with targets as shares', () => {
    assert.deepEqual(readLease(whole), {
      kind: 'lease',
      lease: {
        originalMinReplicas: 2,
        floor: 8,
        expiresMs: Date.UTC(2026, 10, 21, 9, 15),
        originalCpuUtilisationTarget: 0.7,
        cpuUtilisationTarget: 0.85,
      },
    });
  });

  it('finds none without annotations, and none beside those of people', () => {
    assert.deepEqual(readLease(undefined), { kind: 'none' });
    assert.deepEqual(readLease({ 'forescale.dev/paused': 'true', other: 'x' }), { kind: 'none' });
  });

  it('names every damaged value with what it expected and found, and believes none of the others', () => {
    const reading = readLease({
      ...whole,
      'forescale.dev/original-min-replicas': '-2',
      'forescale.dev/floor-expires': 'soon',
    });
    assert.deepEqual(reading, {
      kind: 'damaged',
      message:
        'forescale.dev/original-min-replicas: expected a whole number, found "-2"; forescale.dev/floor-expires: expected an RFC 3339 time, found "soon"',
    });
  });

  for (const name of ['forescale.dev/original-min-replicas', 'forescale.dev/floor-expires']) {
    it(`is damaged without ${name}`, () => {
      const { [name]: _, ...rest } = whole as { [name: string]: string };
      const reading = readLease(rest);
      assert.ok(reading.kind === 'damaged' && reading.message.includes('nothing'));
    });
  }

  for (const value of ['', 'NaN', '1e3', '2.5', ' 2', '9999999999']) {
    it(`does not take "${value}" for a replica count`, () => {
      assert.equal(readLease({ ...whole, 'forescale.dev/floor': value }).kind, 'damaged');
    });
  }
});

describe('isPaused', () => {
  for (const [value, expected] of [
    ['true', true],
    ['', true],
    ['until monday', true],
    ['false', false],
  ] as const) {
    it(`is ${expected} for "${value}"`, () => assert.equal(isPaused({ 'forescale.dev/paused': value }), expected));
  }

  it('is false without the annotation', () => assert.equal(isPaused({ paused: 'true' }), false));
});

describe('isEnabled and ownAnnotations', () => {
  it('want exactly "true", since a typo should not hand a workload over', () => {
    assert.equal(isEnabled({ 'forescale.dev/enabled': 'true' }), true);
    assert.equal(isEnabled({ 'forescale.dev/enabled': 'yes' }), false);
  });

  it('keep only what starts with forescale.dev/', () => {
    assert.deepEqual(ownAnnotations({ 'forescale.dev/min': '3', 'forescale.devil/x': '1', note: 'long' }), {
      'forescale.dev/min': '3',
    });
  });
});
