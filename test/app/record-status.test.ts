import assert from 'node:assert/strict';
import { type Entry, newEntry } from '../../src/app/book.ts';
import { recordDeployment, recordStanding } from '../../src/app/record-status.ts';
import type { World } from '../../src/app/world.ts';
import type { BlockStatus, ContenderName, ForecastStatus, GateChange } from '../../src/domain/forecast.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { minute, nowMs, specOf } from '../pipeline/facts.ts';

interface Told {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function worldOf(): { readonly world: World; readonly metrics: Metrics; readonly told: Told[] } {
  const told: Told[] = [];
  const note = (message: string, fields = {}) => void told.push({ message, fields });
  const metrics = createMetrics();
  const world = { metrics, log: { debug: note, info: note, warn: note, error: note } } as unknown as World;
  return { world, metrics, told };
}

const scores = (loss: number, q90 = 0.9) => ({
  error: loss / 2,
  quantileLoss: loss,
  coverage: { q50: 0.5, q90, q99: 0.99 },
});

function block(fromSteps: number, throughSteps: number, more: Partial<BlockStatus> = {}): BlockStatus {
  const recent: { readonly [name in ContenderName]: ReturnType<typeof scores> } = {
    aggregate: scores(0.1 * throughSteps),
    'seasonal-naive': scores(0.2 * throughSteps, 0.7),
    'holt-winters': scores(0.3 * throughSteps),
  };
  return { fromSteps, throughSteps, weights: { trees: 0.75, svr: 0.25 }, tailWeights: { trees: 1 }, recent, ...more };
}

function statusOf(more: Partial<ForecastStatus> = {}): ForecastStatus {
  return {
    atMs: nowMs,
    acting: 'aggregate',
    actingSinceMs: 0,
    verdict: '',
    blocks: [block(1, 2), block(3, 5), block(6, 60)],
    stateBytes: 9000,
    ...more,
  };
}

const promoted: GateChange = {
  kind: 'promoted',
  cause: 'beats-both',
  atMs: nowMs,
  from: 'seasonal-naive',
  to: 'aggregate',
  reason: 'beats both yardsticks: evidence 25 to 1, 20 to 1 needed',
};

/** Values by their labels, those of the workload left out. */
async function valuesOf(metrics: Metrics, name: Exclude<keyof Metrics, 'registry'>): Promise<Record<string, number>> {
  const { values } = await metrics[name].get();
  return Object.fromEntries(
    values.map(({ labels: { namespace, kind, name: _, ...rest }, value }) => [Object.values(rest).join(' '), value]),
  );
}

/** Records a forecaster that stands like this behind one step more than before. */
function recorded(entry: Entry, world: World, status: ForecastStatus, leadMs = 3 * minute): void {
  const forecaster = { model: 'fake', observe: () => {}, forecast: () => assert.fail(), status: () => status };
  entry.following = { forecaster, throughMs: (entry.following?.throughMs ?? nowMs) + minute };
  recordStanding(world, entry, minute, leadMs);
}

describe('recordStanding', () => {
  it('shows error, loss and coverage of what acts by horizon', async () => {
    const { world, metrics } = worldOf();
    recorded(newEntry(specOf('web')), world, statusOf({ acting: 'seasonal-naive' }));
    assert.deepEqual(await valuesOf(metrics, 'forecast_horizon_loss_ratio'), { '2m': 0.4, '5m': 1, '1h': 12 });
    assert.deepEqual(await valuesOf(metrics, 'forecast_horizon_error_ratio'), { '2m': 0.2, '5m': 0.5, '1h': 6 });
    assert.deepEqual(await valuesOf(metrics, 'forecast_coverage_ratio'), { '2m': 0.7, '5m': 0.7, '1h': 0.7 });
    assert.deepEqual(await valuesOf(metrics, 'forecast_tail_coverage_ratio'), { '2m': 0.99, '5m': 0.99, '1h': 0.99 });
  });

  it('shows coverage, losses and weights of the block that a lead of 3 minutes lies in: steps 3 to 5', async () => {
    const { world, metrics } = worldOf();
    const blocks = [block(1, 2), block(3, 5, { weights: { trees: 0.4, persistence: 0.6 } }), block(6, 60)];
    recorded(newEntry(specOf('web')), world, statusOf({ blocks }));
    assert.deepEqual(await valuesOf(metrics, 'forecast_lead_coverage_ratio'), { '0.9': 0.9, '0.99': 0.99 });
    assert.deepEqual(await valuesOf(metrics, 'contender_loss_ratio'), {
      aggregate: 0.5,
      'seasonal-naive': 1,
      'holt-winters': 1.5,
    });
    assert.deepEqual(await valuesOf(metrics, 'expert_weight_ratio'), { trees: 0.4, persistence: 0.6 });
    assert.deepEqual(await valuesOf(metrics, 'expert_tail_weight_ratio'), { trees: 1, persistence: 0 });
  });

  it('takes the farthest block for a lead beyond all of them', async () => {
    const { world, metrics } = worldOf();
    recorded(newEntry(specOf('web')), world, statusOf(), 600 * minute);
    assert.equal((await valuesOf(metrics, 'contender_loss_ratio'))['aggregate'], 6);
  });

  it('sets the weight of an expert that fell asleep to 0 instead of leaving its last one standing', async () => {
    const { world, metrics } = worldOf();
    const entry = newEntry(specOf('web'));
    recorded(entry, world, statusOf());
    recorded(entry, world, statusOf({ blocks: [block(1, 60, { weights: { svr: 1 }, tailWeights: { svr: 1 } })] }));
    assert.deepEqual(await valuesOf(metrics, 'expert_weight_ratio'), { trees: 0, svr: 1 });
    assert.deepEqual(await valuesOf(metrics, 'expert_tail_weight_ratio'), { trees: 0, svr: 1 });
  });

  it('shows no score that is not known yet', async () => {
    const { world, metrics } = worldOf();
    const none = {
      error: Number.NaN,
      quantileLoss: Number.NaN,
      coverage: { q50: Number.NaN, q90: Number.NaN, q99: 1 },
    };
    const recent = { aggregate: none, 'seasonal-naive': none, 'holt-winters': none };
    recorded(newEntry(specOf('web')), world, statusOf({ blocks: [block(1, 60, { recent })] }));
    assert.deepEqual(await valuesOf(metrics, 'forecast_horizon_loss_ratio'), {});
    assert.deepEqual(await valuesOf(metrics, 'contender_loss_ratio'), {});
    assert.deepEqual(await valuesOf(metrics, 'forecast_coverage_ratio'), {});
    assert.deepEqual(await valuesOf(metrics, 'forecast_tail_coverage_ratio'), { '1h': 1 });
  });

  it('shows what acts, and how much it keeps in memory', async () => {
    const { world, metrics } = worldOf();
    recorded(newEntry(specOf('web')), world, statusOf({ acting: 'holt-winters' }));
    const acting = await valuesOf(metrics, 'gate_acting');
    assert.deepEqual(acting, { aggregate: 0, 'seasonal-naive': 0, 'holt-winters': 1 });
    assert.deepEqual(await valuesOf(metrics, 'forecaster_state_bytes'), { '': 9000 });
  });

  it('shows what is borrowed, and says once when the forecast on it acts, and when no longer', async () => {
    const { world, metrics, told } = worldOf();
    const entry = newEntry(specOf('web'));
    const shown = async () => [
      (await valuesOf(metrics, 'borrowed_history_seconds'))[''],
      (await valuesOf(metrics, 'borrowed_acting'))[''],
    ];
    const facts = { from: 'shop/Deployment/blue', pastMs: 14 * 86_400_000, ratio: 0.4, doubt: 0.1 };
    const stands = (acting: boolean, lossRatio: number) =>
      statusOf({ borrowed: { ...facts, acting, lossRatio, record: new Float64Array(7) } });
    recorded(entry, world, statusOf());
    assert.deepEqual(await shown(), [0, 0]);
    recorded(entry, world, stands(false, Number.NaN));
    assert.deepEqual([await shown(), told], [[1_209_600, 0], []]);
    for (const lossRatio of [0.85, 0.8]) recorded(entry, world, stands(true, lossRatio));
    assert.deepEqual(await shown(), [1_209_600, 1]);
    recorded(entry, world, stands(false, 1.02));
    recorded(entry, world, stands(true, 0.9));
    recorded(entry, world, statusOf());
    assert.deepEqual(await shown(), [0, 0]);
    assert.deepEqual(
      told.map(({ message }) => message),
      [
        'the forecast on the history of shop/Deployment/blue acts: its loss is 0.85 times that on its own history',
        'the forecast on its own history acts again, not that on the history of shop/Deployment/blue: its loss is 1.02 times that on its own history',
        'the forecast on the history of shop/Deployment/blue acts: its loss is 0.90 times that on its own history',
        'the forecast on its own history acts: nothing is borrowed any longer',
      ],
    );
  });

  it('asks a forecaster how it stands once a step, however many rounds there are, and none that cannot say', () => {
    const { world } = worldOf();
    const entry = newEntry(specOf('web'));
    let asked = 0;
    const status = () => {
      asked++;
      return statusOf();
    };
    const silent = { model: 'fake', observe: () => {}, forecast: () => assert.fail() };
    recordStanding(world, entry, minute, minute);
    entry.following = { forecaster: silent, throughMs: nowMs };
    recordStanding(world, entry, minute, minute);
    for (const throughMs of [nowMs, nowMs, nowMs + minute, nowMs + minute]) {
      entry.following = { forecaster: { ...silent, status }, throughMs };
      recordStanding(world, entry, minute, minute);
    }
    assert.equal(asked, 2);
  });

  it('counts the samples that the forecaster was given, by their use, each once', async () => {
    const { world, metrics } = worldOf();
    const entry = newEntry(specOf('web'));
    Object.assign(entry.given, { ok: 5, censored: 2 });
    recorded(entry, world, statusOf());
    entry.given.missing += 1;
    recorded(entry, world, statusOf());
    const counts = await valuesOf(metrics, 'load_samples_total');
    assert.deepEqual(counts, { ok: 5, censored: 2, excluded: 0, missing: 1 });
  });

  it('counts and logs a promotion once, with its cause and reason', async () => {
    const { world, metrics, told } = worldOf();
    const entry = newEntry(specOf('web'));
    recorded(entry, world, statusOf({ atMs: nowMs - minute }));
    const before = await valuesOf(metrics, 'gate_changes_total');
    assert.deepEqual(before, { 'beats-both': 0, loses: 0, window: 0, 'worse-today': 0 });
    recorded(entry, world, statusOf({ lastChange: promoted }));
    recorded(entry, world, statusOf({ atMs: nowMs + minute, lastChange: promoted }));
    assert.equal((await valuesOf(metrics, 'gate_changes_total'))['beats-both'], 1);
    const message =
      'forecast promoted, seasonal-naive → aggregate: beats both yardsticks: evidence 25 to 1, 20 to 1 needed';
    assert.deepEqual(told, [
      { message, fields: { workload: 'shop/Deployment/web', model: 'aggregate', cause: 'beats-both' } },
    ]);
  });

  it('tells nothing of what happened in the history that was replayed at the start', () => {
    const { world, told } = worldOf();
    const lastAlarm = { kind: 'level-up', strength: 3, atStep: nowMs / minute - 20, message: 'up' } as const;
    const lastChange = { ...promoted, atMs: nowMs - 3 * minute };
    recorded(newEntry(specOf('web')), world, statusOf({ lastChange, lastAlarm }));
    assert.deepEqual(told, []);
  });

  it('counts and logs a change of the load once, also in the first step that is seen', async () => {
    const { world, metrics, told } = worldOf();
    const entry = newEntry(specOf('web'));
    const lastAlarm = { kind: 'level-up', strength: 3, atStep: nowMs / minute - 1, message: 'it rose' } as const;
    recorded(entry, world, statusOf({ lastAlarm }));
    recorded(entry, world, statusOf({ lastAlarm }));
    assert.equal((await valuesOf(metrics, 'load_changes_total'))['level-up'], 1);
    const fields = { workload: 'shop/Deployment/web', change: 'level-up', strength: 3 };
    assert.deepEqual(told, [{ message: 'change noticed: it rose', fields }]);
  });
});

describe('recordDeployment', () => {
  it('tells another pod template as a change of the capacity, and the first one not at all', async () => {
    const { world, metrics, told } = worldOf();
    const entry = newEntry(specOf('web'));
    for (const hash of ['a', 'a', 'b', 'b']) recordDeployment(world, entry, hash, 9);
    const counts = await valuesOf(metrics, 'load_changes_total');
    assert.deepEqual(counts, { 'level-up': 0, 'level-down': 0, 'season-new': 0, 'season-gone': 0, deployment: 1 });
    assert.equal(told.length, 1);
    assert.match(told[0]!.message, /^change noticed: another pod template runs/);
  });
});
