import assert from 'node:assert/strict';
import { didYouMean } from '../../src/config/did-you-mean.ts';

describe('didYouMean', () => {
  const known = ['timeout', 'concurrency', 'rateWindow', 'replicas', 'replicas.min', 'replicas.max', 'hpaMode'];
  const table: readonly (readonly [string, string | undefined])[] = [
    ['timout', 'timeout'],
    ['tiemout', 'timeout'],
    ['rate-window', 'rateWindow'],
    ['RATEWINDOW', 'rateWindow'],
    ['min', 'replicas.min'],
    ['maximum', 'replicas.max'],
    ['replica', 'replicas'],
    ['hpa_mode', 'hpaMode'],
    ['colour', undefined],
    ['x', undefined],
    ['', undefined],
  ];
  for (const [word, meant] of table) {
    it(`takes "${word}" for ${meant ?? 'nothing known'}`, () => assert.equal(didYouMean(word, known), meant));
  }

  it('takes the earlier of two that are equally near', () => {
    assert.equal(didYouMean('lan', ['lane', 'land']), 'lane');
    assert.equal(didYouMean('lan', ['land', 'lane']), 'land');
  });
});
