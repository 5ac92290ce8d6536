import assert from 'node:assert/strict';
import {
  defaultController,
  defaultScaleDown,
  defaultScaleUp,
  type HpaInput,
  type HpaSpec,
  type HpaState,
  type MetricReading,
  newHpa,
  type ScalingRules,
} from '../../../src/simulate/hpa/spec.ts';
import { syncHpa } from '../../../src/simulate/hpa/sync.ts';

const base: HpaSpec = {
  minReplicas: 1,
  maxReplicas: 1000,
  metrics: [{ kind: 'average-value', targetMilli: 1000 }],
  behavior: { scaleUp: defaultScaleUp, scaleDown: defaultScaleDown },
  controller: defaultController,
};

function withRules(scaleUp: Partial<ScalingRules>, scaleDown: Partial<ScalingRules> = {}): HpaSpec {
  return {
    ...base,
    behavior: { scaleUp: { ...defaultScaleUp, ...scaleUp }, scaleDown: { ...defaultScaleDown, ...scaleDown } },
  };
}

/** Lets the metric ask for the given totals, one sync every `everyMs`, from `replicas` on; what is set after each. */
function play(spec: HpaSpec, everyMs: number, replicas: number, wanted: readonly (number | MetricReading)[]): number[] {
  let state: HpaState = newHpa;
  return wanted.map((want, i) => {
    const reading: MetricReading = typeof want === 'number' ? { kind: 'value', milli: want * 1000 } : want;
    const input: HpaInput = {
      nowMs: 1_000_000 + i * everyMs,
      replicas,
      statusReplicas: replicas,
      pods: [],
      readings: [reading],
    };
    const synced = syncHpa(spec, state, input);
    state = synced.state;
    replicas = synced.replicas;
    return replicas;
  });
}

const failed: MetricReading = { kind: 'failed', message: 'metrics API is away' };

describe('HPA, default behaviour', () => {
  it('at most doubles or adds 4 in 15 s, whichever is more: 1 → 5 → 10 → 20 → 40 → 50', () => {
    assert.deepEqual(play(base, 15_000, 1, [50, 50, 50, 50, 50]), [5, 10, 20, 40, 50]);
  });

  it('counts what was added within the period: two syncs 5 s apart add no more than one', () => {
    assert.deepEqual(play(base, 5_000, 10, [90, 90, 90, 90]), [20, 20, 20, 40]);
  });

  it('falls only when all recommendations of the last 300 s are lower', () => {
    const wanted = [10, 4, 4, 4, 4, 4, 4];
    assert.deepEqual(play(base, 60_000, 10, wanted), [10, 10, 10, 10, 10, 4, 4]);
  });

  it('falls to the largest of the window, not to the newest', () => {
    const wanted = [10, 8, 4, 4, 4, 4, 4, 4];
    assert.deepEqual(play(base, 60_000, 10, wanted), [10, 10, 10, 10, 10, 8, 4, 4]);
  });

  it('takes what is there at its first sync for a recommendation', () => {
    assert.deepEqual(play(base, 60_000, 10, [2, 2, 2, 2, 2, 2]), [10, 10, 10, 10, 10, 2]);
  });

  it('stays within min and max, and goes there at once when it finds itself outside', () => {
    const spec = { ...base, minReplicas: 3, maxReplicas: 8 };
    assert.deepEqual(play(spec, 15_000, 1, [50, 50, 50]), [3, 7, 8]);
    assert.deepEqual(play(spec, 15_000, 20, [50]), [8]);
  });

  it('is off at zero replicas', () => {
    assert.deepEqual(play(base, 15_000, 0, [50]), [0]);
  });

  it('holds while the only metric fails', () => {
    assert.deepEqual(play(base, 60_000, 5, [failed, failed, 9]), [5, 5, 9]);
  });
});

describe('HPA, behaviour that was set', () => {
  it('goes up only to the least recommendation of its window up', () => {
    const spec = withRules({ stabilisationMs: 120_000 });
    // What is there at the first sync is a recommendation too, and leaves the window after two minutes.
    assert.deepEqual(play(spec, 60_000, 5, [10, 10, 8, 12, 12]), [5, 5, 8, 8, 12]);
  });

  it('adds no more than 2 pods a minute', () => {
    const spec = withRules({ policies: [{ type: 'pods', value: 2, periodMs: 60_000 }] });
    assert.deepEqual(play(spec, 30_000, 4, [20, 20, 20, 20, 20]), [6, 6, 8, 8, 10]);
  });

  it('takes the smaller of two policies with selectPolicy min', () => {
    const policies = [
      { type: 'pods', value: 4, periodMs: 15_000 },
      { type: 'percent', value: 10, periodMs: 15_000 },
    ] as const;
    assert.deepEqual(play(withRules({ selectPolicy: 'min', policies }), 15_000, 10, [90, 90]), [11, 13]);
    assert.deepEqual(play(withRules({ selectPolicy: 'max', policies }), 15_000, 10, [90, 90]), [14, 18]);
  });

  it('removes no more than 10 % a minute, rounded in favour of going down', () => {
    const policies = [{ type: 'percent', value: 10, periodMs: 60_000 }] as const;
    const spec = withRules({}, { stabilisationMs: 0, policies });
    assert.deepEqual(play(spec, 60_000, 80, [10, 10, 10]), [72, 64, 57]);
  });

  it('keeps more with selectPolicy min on the way down', () => {
    const policies = [
      { type: 'percent', value: 50, periodMs: 60_000 },
      { type: 'pods', value: 4, periodMs: 60_000 },
    ] as const;
    assert.deepEqual(play(withRules({}, { stabilisationMs: 0, selectPolicy: 'min', policies }), 60_000, 40, [1]), [36]);
    assert.deepEqual(play(withRules({}, { stabilisationMs: 0, selectPolicy: 'max', policies }), 60_000, 40, [1]), [20]);
  });

  it('never goes down with selectPolicy disabled there', () => {
    const spec = withRules({}, { stabilisationMs: 0, selectPolicy: 'disabled' });
    assert.deepEqual(play(spec, 60_000, 10, [1, 1, 12]), [10, 10, 12]);
  });

  it('adds back what was removed within the period before it counts', () => {
    const down = [{ type: 'pods', value: 5, periodMs: 120_000 }] as const;
    const spec = withRules({}, { stabilisationMs: 0, policies: down });
    assert.deepEqual(play(spec, 60_000, 20, [1, 1, 1]), [15, 15, 10]);
  });

  it('still counts a removal of 50 s ago upwards in 60 s, after the 5 s in which it counted downwards', () => {
    const up = [{ type: 'pods', value: 1, periodMs: 60_000 }] as const;
    const down = [{ type: 'pods', value: 3, periodMs: 5_000 }] as const;
    const spec = withRules({ policies: up }, { stabilisationMs: 0, policies: down });
    // 10 → 7, then up again: 60 s ago there were 10, and one more is allowed.
    assert.deepEqual(play(spec, 50_000, 10, [1, 90]), [7, 11]);
  });

  it('forgets one outdated change for each new one of its direction, the newest outdated first', () => {
    const up = [{ type: 'pods', value: 1, periodMs: 600_000 }] as const;
    const down = [{ type: 'pods', value: 10, periodMs: 15_000 }] as const;
    const spec = withRules({ policies: up }, { stabilisationMs: 0, policies: down });
    // −4, −2 and −2 within 10 s; 40 s later the next −2 takes the place of the last of them, so 10 + 8 + 1 are allowed.
    const wanted = [16, 14, 12, 12, 12, 12, 12, 12, 12, 12, 10, 90];
    assert.deepEqual(play(spec, 5_000, 20, wanted).slice(-2), [10, 19]);
  });

  it('may have a tolerance of its own upwards: 5 % instead of 10 %', () => {
    assert.deepEqual(play(withRules({ tolerance: 0.05 }), 15_000, 100, [107]), [107]);
    assert.deepEqual(play(base, 15_000, 100, [107]), [100]);
  });
});

describe('HPA without a behavior field', () => {
  const spec: HpaSpec = { minReplicas: 1, maxReplicas: 1000, metrics: base.metrics, controller: defaultController };

  it('at most doubles, or goes to 4: 1 → 4 → 8 → 16', () => {
    assert.deepEqual(play(spec, 15_000, 1, [50, 50, 50]), [4, 8, 16]);
  });

  it('goes to 0 where the minimum allows it', () => {
    assert.deepEqual(play({ ...spec, minReplicas: 0 }, 301_000, 2, [0, 0]), [2, 0]);
  });

  it('falls when the largest recommendation is older than 300 s', () => {
    assert.deepEqual(play(spec, 60_000, 10, [10, 4, 4, 4, 4, 4, 4]), [10, 10, 10, 10, 10, 10, 4]);
  });
});

describe('HPA with several metrics', () => {
  const spec: HpaSpec = {
    ...base,
    metrics: [
      { kind: 'average-value', targetMilli: 1000 },
      { kind: 'average-value', targetMilli: 2000 },
    ],
  };

  function once(replicas: number, readings: readonly MetricReading[]) {
    return syncHpa(spec, newHpa, { nowMs: 0, replicas, statusReplicas: replicas, pods: [], readings });
  }

  it('takes the largest proposal: 6 by one and 9 by the other are 9', () => {
    const readings: MetricReading[] = [
      { kind: 'value', milli: 6_000 },
      { kind: 'value', milli: 18_000 },
    ];
    assert.equal(once(5, readings).replicas, 9);
  });

  it('goes up by the one that works', () => {
    assert.equal(once(5, [failed, { kind: 'value', milli: 18_000 }]).replicas, 9);
  });

  it('does not go down while one fails, and says so', () => {
    const synced = once(12, [failed, { kind: 'value', milli: 2_000 }]);
    assert.equal(synced.replicas, 12);
    assert.equal(synced.held, 'metrics API is away');
  });
});
