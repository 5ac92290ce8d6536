import assert from 'node:assert/strict';
import { ambiguousHpa } from '../../src/decide/policies/ambiguous-hpa.ts';
import { budget } from '../../src/decide/policies/budget.ts';
import { foreignHpa } from '../../src/decide/policies/foreign-hpa.ts';
import { freeze } from '../../src/decide/policies/freeze.ts';
import { holdAfterChange } from '../../src/decide/policies/hold-after-change.ts';
import { limits } from '../../src/decide/policies/limits.ts';
import { missingData } from '../../src/decide/policies/missing-data.ts';
import { paused } from '../../src/decide/policies/paused.ts';
import { rollout } from '../../src/decide/policies/rollout.ts';
import { scaledToZero } from '../../src/decide/policies/scaled-to-zero.ts';
import { stepSize } from '../../src/decide/policies/step-size.ts';
import { tolerance } from '../../src/decide/policies/tolerance.ts';
import { workloadMissing } from '../../src/decide/policies/workload-missing.ts';
import type { Policy, Situation } from '../../src/decide/policy.ts';
import type { Verdict } from '../../src/domain/plan.ts';
import { qualityActions, qualityStates } from '../../src/domain/quality.ts';
import { given, hpaState, minute, nowMs, owned, quality, settings, situation, spec, state } from './situations.ts';

interface Case {
  readonly policy: Policy;
  readonly replicas: number;
  readonly situation?: Partial<Situation>;
  readonly verdict: Verdict;
}

const pass: Verdict = { kind: 'pass' };

function bends(kind: 'limit' | 'hold', replicas: number, code: string, message: string): Verdict {
  return { kind, replicas, reason: { code, message } } as Verdict;
}

const inFreeze = { name: 'sale', startMs: nowMs - minute, endMs: nowMs + 60 * minute };
const wanted = (ageMs: number, replicas: number) => ({ wanted: [{ atMs: nowMs - ageMs, replicas }] });

const cases: { readonly [sentence: string]: Case } = {
  'limits: raises 0 to the configured minimum of 1': {
    policy: limits,
    replicas: 0,
    verdict: bends('limit', 1, 'below-min', 'raised from 0 to 1, the configured minimum'),
  },
  'limits: caps 120 at the configured maximum of 100': {
    policy: limits,
    replicas: 120,
    verdict: bends('limit', 100, 'above-max', '120 needed, capped at 100, the configured maximum'),
  },
  'limits: caps at the 50 of the HPA, since the API server refuses a higher floor': {
    policy: limits,
    replicas: 120,
    situation: { state: state(10, { hpa: owned(4) }), from: 4 },
    verdict: bends('limit', 50, 'above-max', "120 needed, capped at 50, the HPA's maxReplicas"),
  },
  'limits: never undercuts the minReplicas that the HPA has of its own': {
    policy: limits,
    replicas: 2,
    situation: { state: state(10, { hpa: owned(4) }), from: 4 },
    verdict: bends('limit', 4, 'below-min', "raised from 2 to 4, the HPA's own minReplicas"),
  },
  'limits: under a lease goes down to the original of 3, not only to the raised 8': {
    policy: limits,
    replicas: 2,
    situation: {
      state: state(10, { hpa: owned(8, { lease: { originalMinReplicas: 3, expiresMs: nowMs } }) }),
      from: 8,
    },
    verdict: bends('limit', 3, 'below-min', "raised from 2 to 3, the HPA's own minReplicas"),
  },
  'limits: lets the maximum win where the minimum is above it': {
    policy: limits,
    replicas: 7,
    situation: { spec: spec({ minReplicas: 60 }), state: state(10, { hpa: owned(1) }) },
    verdict: bends('limit', 50, 'below-min', 'raised from 7 to 50, the configured minimum'),
  },
  'limits: passes what is inside': { policy: limits, replicas: 7, verdict: pass },

  'hold: falls only to the 7 wanted 4 min ago, not to 3': {
    policy: holdAfterChange,
    replicas: 3,
    situation: { memory: wanted(4 * minute, 7) },
    verdict: bends('hold', 7, 'hold-after-change', '7 were wanted within the last 5 min, now 3'),
  },
  'hold: forgets what was wanted 5 min ago': {
    policy: holdAfterChange,
    replicas: 3,
    situation: { memory: wanted(5 * minute, 7) },
    verdict: pass,
  },
  'hold: never holds above what stands: 20 were wanted, 10 stand': {
    policy: holdAfterChange,
    replicas: 3,
    situation: { memory: wanted(minute, 20) },
    verdict: bends('hold', 10, 'hold-after-change', '10 were wanted within the last 5 min, now 3'),
  },
  'hold: a first start holds what stands': {
    policy: holdAfterChange,
    replicas: 3,
    situation: { memory: { wanted: [] } },
    verdict: bends('hold', 10, 'hold-after-change', '10 were wanted within the last 5 min, now 3'),
  },
  'hold: of 0 s lets a first start fall at once': {
    policy: holdAfterChange,
    replicas: 3,
    situation: { memory: { wanted: [] }, settings: { ...settings, holdMs: 0 } },
    verdict: pass,
  },
  'hold: never delays the way up': {
    policy: holdAfterChange,
    replicas: 11,
    situation: { memory: wanted(minute, 20) },
    verdict: pass,
  },

  'tolerance: leaves a fall of 1 in 20 alone at 10 %': {
    policy: tolerance,
    replicas: 19,
    situation: { from: 20 },
    verdict: bends('hold', 20, 'within-tolerance', '20 to 19 is less than 10 %'),
  },
  'tolerance: lets a fall of exactly 10 % through': { policy: tolerance, replicas: 9, verdict: pass },
  'tolerance: never blocks a rise of 1 in 100': {
    policy: tolerance,
    replicas: 101,
    situation: { from: 100 },
    verdict: pass,
  },

  'step size: cuts 10 to 50 at a factor of 4': {
    policy: stepSize,
    replicas: 50,
    verdict: bends('limit', 40, 'step-size', '10 to 50 cut to 40 for now'),
  },
  'step size: cuts a fall from 10 to 1 at half': {
    policy: stepSize,
    replicas: 1,
    verdict: bends('limit', 5, 'step-size', '10 to 1 cut to 5 for now'),
  },
  'step size: lets 1 replica become 2 at a factor of 1': {
    policy: stepSize,
    replicas: 2,
    situation: { state: state(1), from: 1, settings: { ...settings, maxStepUpFactor: 1 } },
    verdict: pass,
  },
  'step size: lets 3 replicas become 2 at a share of 0.1': {
    policy: stepSize,
    replicas: 2,
    situation: { state: state(3), from: 3, settings: { ...settings, maxStepDownShare: 0.1 } },
    verdict: pass,
  },
  'step size: never stands between 1 replica and a minimum of 30': {
    policy: stepSize,
    replicas: 30,
    situation: { state: state(1), from: 1, spec: spec({ minReplicas: 30 }) },
    verdict: pass,
  },
  'step size: measures a floor of 2 by the 10 that the HPA runs': {
    policy: stepSize,
    replicas: 40,
    situation: { state: state(10, { hpa: owned(2) }), from: 2 },
    verdict: pass,
  },

  'budget: gives 6 of 9 with the reason of the plan': {
    policy: budget,
    replicas: 9,
    situation: { allocation: given(6, 9) },
    verdict: bends('limit', 6, 'budget', '6 of 9'),
  },
  'budget: never takes the last replica': {
    policy: budget,
    replicas: 2,
    situation: { allocation: given(0, 2, { reasons: [{ code: 'infeasible-budget', message: 'no room' }] }) },
    verdict: bends('limit', 1, 'infeasible-budget', 'no room'),
  },
  'budget: adds nothing to what was proposed': {
    policy: budget,
    replicas: 4,
    situation: { allocation: given(6, 6) },
    verdict: pass,
  },
  'budget: passes without an allocation': { policy: budget, replicas: 4, verdict: pass },

  'missing data: lets the number rise': {
    policy: missingData,
    replicas: 12,
    situation: { quality: [quality('stale')] },
    verdict: pass,
  },

  'rollout: takes nothing away': {
    policy: rollout,
    replicas: 8,
    situation: { state: state(10, { rolloutInProgress: true }) },
    verdict: bends('hold', 10, 'rollout-in-progress', 'a rollout is in progress; stays at 10 instead of 8'),
  },
  'rollout: still serves a load that rises': {
    policy: rollout,
    replicas: 12,
    situation: { state: state(10, { rolloutInProgress: true }) },
    verdict: pass,
  },

  'freeze: holds the way up too, and says until when': {
    policy: freeze,
    replicas: 12,
    situation: { settings: { ...settings, freeze: [inFreeze] } },
    verdict: bends('hold', 10, 'frozen', 'freeze "sale" until 2026-01-05T13:00:00.000Z; stays at 10 instead of 12'),
  },
  'freeze: is over at its end': {
    policy: freeze,
    replicas: 12,
    situation: { nowMs: inFreeze.endMs, settings: { ...settings, freeze: [inFreeze] } },
    verdict: pass,
  },

  'scaled to zero: stays off': {
    policy: scaledToZero,
    replicas: 3,
    situation: { state: state(0), from: 0 },
    verdict: bends('hold', 0, 'scaled-to-zero', 'spec.replicas is 0; set it to 1 or more to have it scaled again'),
  },
  'paused: stays, and says what the plan would do': {
    policy: paused,
    replicas: 12,
    situation: { state: state(10, { paused: true }) },
    verdict: bends('hold', 10, 'paused', 'forescale.dev/paused is set; stays at 10, the plan says 12'),
  },
  'foreign HPA: stays, naming the owner': {
    policy: foreignHpa,
    replicas: 12,
    situation: { state: state(10, { hpa: { kind: 'foreign', hpa: hpaState(10), owner: 'KEDA' } }) },
    verdict: bends('hold', 10, 'foreign-hpa', 'HPA web belongs to KEDA; stays at 10, the plan says 12'),
  },
  'ambiguous HPA: stays, naming them': {
    policy: ambiguousHpa,
    replicas: 12,
    situation: { state: state(10, { hpa: { kind: 'ambiguous', names: ['a', 'b'] } }) },
    verdict: bends('hold', 10, 'ambiguous-hpa', 'HPAs a, b target it; stays at 10, the plan says 12'),
  },
};

describe('policies', () => {
  for (const [sentence, { policy, replicas, situation: more, verdict }] of Object.entries(cases)) {
    it(sentence, () => {
      assert.deepEqual(policy.judge(situation(more), replicas), verdict);
    });
  }

  it('workload missing: holds at nothing', () => {
    const { state: _, ...gone } = situation({ from: 0 });
    const message = 'Deployment shop/web does not exist or could not be read';
    assert.deepEqual(workloadMissing.judge(gone, 5), bends('hold', 0, 'workload-missing', message));
  });

  for (const name of qualityStates) {
    const shrinks = qualityActions[name] === 'use';
    it(`missing data: ${name} ${shrinks ? 'lets' : 'does not let'} 10 shrink to 4`, () => {
      const verdict = missingData.judge(situation({ quality: [quality(name)] }), 4);
      const held = bends('hold', 10, 'missing-data', `requests is ${name}: as the test says; stays at 10`);
      assert.deepEqual(verdict, shrinks ? pass : held);
    });
  }
});
