import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { loadNetworks } from '../../../src/adapters/model-store/networks.ts';
import type { Past } from '../../../src/forecast/batch/expert.ts';
import { priorExperts } from '../../../src/forecast/batch/experts/prior.ts';
import type { PooledExpert, PooledFitted } from '../../../src/forecast/batch/pooled.ts';
import { tasksOf } from '../../../src/forecast/batch/tasks.ts';
import { type GlobalNetworks, readNetworks } from '../../../src/forecast/global/networks.ts';
import { shopLoad } from '../made-series.ts';
import { forecastPart, groupOf } from './support.ts';

const settings = { horizon: 24, seasons: [24, 168], seed: 1 };
const shops: readonly Past[] = Array.from({ length: 6 }, (_, i) => ({ values: shopLoad(28, 24, 0.1, i + 1).values }));
const names = ['prior-lstm', 'prior-mixer'];

describe('the prior in a batch', () => {
  let networks: GlobalNetworks;
  let members: readonly PooledExpert[];

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'forescale-prior-'));
    await cp(new URL('../../../models/prior', import.meta.url), join(folder, 'prior'), { recursive: true });
    const found = await loadNetworks(folder, 'prior', readNetworks);
    await rm(folder, { recursive: true });
    if (found.kind !== 'loaded') assert.fail('the shipped prior cannot be read');
    networks = found.content.networks;
    members = priorExperts(networks);
  });

  function learned(member: PooledExpert, changes: Partial<typeof settings> = {}, pasts = shops) {
    return member.learn(pasts, { ...settings, ...changes });
  }

  function forecast(fitted: PooledFitted, histories: readonly Float64Array[], owners: readonly number[]): Float64Array {
    const out = new Float64Array(histories.length * settings.horizon);
    if (fitted.kind !== 'fitted') assert.fail(fitted.reason);
    fitted.forecast(histories, owners, out);
    return out;
  }

  /** Mean relative error of the last day, given what came before. */
  function lastDayError(say: (histories: readonly Float64Array[]) => Float64Array): number {
    const said = say(shops.map(({ values }) => values.subarray(0, -24)));
    const errors = said.map((y, i) => Math.abs(y / shops[Math.floor(i / 24)]!.values.at((i % 24) - 24)! - 1));
    return errors.reduce((sum, e) => sum + e, 0) / errors.length;
  }

  it('is an LSTM and a mixer, both with less than 0.9 of the error of the day before on 6 shops', () => {
    const naive = lastDayError((histories) => Float64Array.from(histories.flatMap((h) => Array.from(h.slice(-24)))));
    assert.deepEqual(
      members.map(({ name }) => name),
      names,
    );
    for (const member of members) {
      const known = shops.map(({ values }) => ({ values: values.subarray(0, -24) }));
      const fitted = learned(member, {}, known);
      const error = lastDayError((histories) => forecast(fitted, histories, [0, 1, 2, 3, 4, 5]));
      assert.ok(error < 0.9 * naive, `${member.name}: ${error}, the day before ${naive}`);
    }
  });

  it('says from the middle of a series what it says where the series ends there, to the last bit', () => {
    const { values } = shops[0]!;
    const parts = [values.subarray(0, 500), values, values.subarray(0, 501)];
    for (const member of members) {
      const fitted = learned(member);
      const together = forecast(fitted, parts, [0, 0, 0]);
      const alone = parts.flatMap((part) => Array.from(forecast(fitted, [part], [0])));
      assert.deepEqual(Array.from(together), alone);
    }
  });

  it('reads steps of five minutes on two scales, and sees 48 hours ahead there', () => {
    const five = { values: shopLoad(9, 288, 0.1).values };
    for (const member of members) {
      const fitted = member.learn([five], { horizon: 576, seasons: [288, 2016], seed: 1 });
      if (fitted.kind !== 'fitted') assert.fail(fitted.reason);
      const out = new Float64Array(576);
      fitted.forecast([five.values], [0], out);
      assert.ok(out.every((y) => y > 0));
    }
  });

  it('does not learn from what was filled in: 10 filled hours of ten times the load move it by less than 20 %', () => {
    const values = shops[0]!.values.slice();
    const filled = new Uint8Array(values.length);
    for (let t = 400; t < 410; t++) [values[t], filled[t]] = [10 * values[t]!, 1];
    for (const member of members) {
      const clean = forecast(learned(member), [shops[0]!.values], [0]);
      const spoilt = forecast(learned(member, {}, [{ values, filled }]), [values], [0]);
      for (const [h, y] of clean.entries()) assert.ok(Math.abs(spoilt[h]! / y - 1) < 0.2, `${y} → ${spoilt[h]}`);
    }
  });

  it('has nothing to say without a season, nor 49 hours ahead, and says why', () => {
    for (const member of members) {
      assert.deepEqual(learned(member, { seasons: [] }), {
        kind: 'asleep',
        reason: 'it needs a season to take for a day',
      });
      assert.deepEqual(learned(member, { horizon: 49 }), { kind: 'asleep', reason: 'it sees 48 steps ahead, not 49' });
    }
  });

  it('leaves out a series that it knows for less than a day of hours', () => {
    for (const member of members) {
      const short = { values: shops[0]!.values.subarray(0, 20) };
      assert.ok(forecast(learned(member, {}, [short]), [short.values], [0]).every(Number.isNaN));
    }
  });

  it('takes part only where it is given, and there earns its weight: 2 % or more of each of 3 shops', () => {
    const series = shops.slice(0, 3).map(({ values }) => values);
    const frame = { horizon: 24, seasons: [24, 168] };
    const withIt = forecastPart(series, frame, { pooled: names, prior: networks });
    for (const { weights } of withIt) {
      const earned = names.reduce((sum, name) => sum + (weights.get(name) ?? 0), 0);
      assert.ok(earned > 0.02, `${earned}`);
    }
    const tasks = tasksOf(groupOf(series, frame));
    assert.ok(tasks.every((task) => task.kind === 'local' || !names.includes(task.member)));
  });

  it('is not believed where it is wrong: weights of a thousandth for an LSTM that was spoilt', () => {
    const series = shops.slice(0, 3).map(({ values }) => values);
    const head = networks.lstm.head.map((w, i) => w + 4 * ((i % 3) - 1));
    const spoilt = { ...networks, lstm: { ...networks.lstm, head } };
    const frame = { horizon: 24, seasons: [24, 168] };
    for (const { weights } of forecastPart(series, frame, { pooled: names, prior: spoilt })) {
      assert.ok((weights.get('prior-lstm') ?? 0) < 1e-3, `${weights.get('prior-lstm')}`);
    }
  });
});
