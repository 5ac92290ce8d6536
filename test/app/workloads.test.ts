import assert from 'node:assert/strict';
import type { LiveWorld } from '../../src/app/compose.ts';
import { settleWorkloads } from '../../src/app/workloads.ts';
import { parseSettings } from '../../src/config/load.ts';
import { refOf } from '../pipeline/facts.ts';

const loaded = parseSettings(
  `
prometheus: { url: "http://prometheus:9090" }
discovery: {}
defaults: { replicas: { max: 20 } }
`,
  'test',
);

/** Discovered workloads of shop with these annotations. */
async function settled(annotations: { readonly [name: string]: { readonly [annotation: string]: string } }) {
  assert.ok(loaded.kind === 'loaded');
  const told: string[] = [];
  const found = Object.entries(annotations).map(([name, own]) => ({ ref: refOf(name), annotations: own }));
  const log = { warn: (message: string) => void told.push(message) };
  const world = { log, discover: async () => found } as unknown as LiveWorld;
  return { specs: await settleWorkloads(world, loaded.settings), told };
}

describe('settleWorkloads', () => {
  it('takes a donor from an annotation, in the namespace and of the kind of the workload', async () => {
    const { specs, told } = await settled({ blue: {}, green: { 'forescale.dev/like': 'blue' } });
    assert.deepEqual(
      specs.map(({ ref, like }) => [ref.name, like]),
      [
        ['blue', undefined],
        ['green', refOf('blue')],
      ],
    );
    assert.deepEqual(told, []);
  });

  it('leaves one alone, and says so, whose donor is itself or no name', async () => {
    const { specs, told } = await settled({
      green: { 'forescale.dev/like': 'shop/green' },
      red: { 'forescale.dev/like': 'Blue!' },
    });
    assert.deepEqual(specs, []);
    assert.deepEqual(told, [
      'workload is left alone: annotation forescale.dev/like: expected another workload, got itself',
      'workload is left alone: annotation forescale.dev/like: expected a name such as checkout, shop/checkout or shop/StatefulSet/checkout, got "Blue!"',
    ]);
  });
});
