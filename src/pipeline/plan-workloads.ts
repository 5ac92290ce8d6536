/**
 * Everything from forecast to decision: one pure function of the facts. Production, dry run, `plan`, back-test and
 * simulation call this and differ only in where the facts come from.
 *
 *     violations → level         (aim)
 *     forecast → demand → need   (assess)
 *     need → proposal            (propose: limits, hold, tolerance, step)
 *     proposals → plan           (allocate, all workloads together)
 *     proposal + plan → decision (decide: budget, missing data, freeze, holds of the cluster)
 */
import { allocate } from '../allocate/allocate.ts';
import { buildOptions } from '../allocate/options.ts';
import { standing } from '../decide/bounds.ts';
import { decide, negotiable, type Proposal, propose } from '../decide/decide.ts';
import type { Situation } from '../decide/policy.ts';
import type { ReplicaResources } from '../domain/capacity.ts';
import type { ContainerResources, WorkloadState } from '../domain/cluster.ts';
import type { Explanation, Facts, Outcome, Round, WorkloadFacts } from '../domain/facts.ts';
import type { AimMemory, Allocation, AllocationRequest } from '../domain/plan.ts';
import type { Quality } from '../domain/quality.ts';
import { afterDecision, aimAt, levelOf } from './aim.ts';
import { type Assessment, assess } from './assess.ts';
import { withDependencyLoss } from './dependency-loss.ts';
import { reasonsWhy } from './why.ts';

/** One workload on its way through the stages. */
interface Candidate {
  readonly facts: WorkloadFacts;
  readonly aim: AimMemory;
  readonly assessment: Assessment;
  readonly situation: Situation;
  readonly proposal: Proposal;
}

/** The verdicts on the signal that the load is read from; of all signals while it is not known which one that is. */
function relevantQuality({ capacity, quality }: WorkloadFacts): readonly Quality[] {
  return capacity ? quality.filter(({ signal }) => signal === capacity.driver) : quality;
}

function situationOf(facts: WorkloadFacts, { nowMs, decide: settings }: Facts): Situation {
  const { spec, state, memory } = facts;
  return {
    nowMs,
    spec,
    ...(state && { state }),
    from: standing(state),
    memory,
    settings,
    quality: relevantQuality(facts),
  };
}

function candidateOf(facts: WorkloadFacts, all: Facts): Candidate {
  const aim = aimAt(facts, all.nowMs);
  const assessment = assess(facts, all.nowMs, all.loopMs, levelOf(aim));
  const situation = situationOf(facts, all);
  return { facts, aim, assessment, situation, proposal: propose(situation, assessment.needed) };
}

function sum(containers: readonly ContainerResources[], amount: (c: ContainerResources) => number | undefined): number {
  return containers.reduce((total, container) => total + (amount(container) ?? 0), 0);
}

/** What the scheduler sets aside for one replica: requests, or the limits that stand in for them. */
function resourcesOf(state: WorkloadState | undefined): ReplicaResources {
  const containers = state?.containers ?? [];
  return {
    cpuMillicores: sum(containers, (c) => c.cpuRequestMillicores ?? c.cpuLimitMillicores),
    memoryBytes: sum(containers, (c) => c.memoryRequestBytes ?? c.memoryLimitBytes),
  };
}

/** What the workload asks of its pool; one option where no budget can change anything. */
function requestOf(candidate: Candidate, limited: boolean): AllocationRequest {
  const { facts, aim, assessment, situation, proposal } = candidate;
  const { least, wanted } = limited
    ? negotiable(situation, proposal)
    : { least: proposal.replicas, wanted: proposal.replicas };
  const needed = assessment.needed ?? wanted;
  return buildOptions({
    spec: facts.spec,
    least,
    wanted,
    resources: resourcesOf(facts.state),
    expected: Math.min(needed, assessment.byMean ?? needed),
    needed,
    level: levelOf(aim),
  });
}

function explain({ facts, assessment }: Candidate, allocation: Allocation): Explanation {
  const { forecast, demand, reactive, byForecast, byReaction } = assessment;
  const events = assessment.events.map(({ shape: _, ...told }) => told);
  const needed = { ...(byForecast !== undefined && { byForecast }), ...(byReaction !== undefined && { byReaction }) };
  return {
    quality: facts.quality,
    startUp: facts.startUp,
    needed,
    allocation,
    ...(forecast && { forecast }),
    ...(events.length > 0 && { events }),
    ...(facts.capacity && { capacity: facts.capacity }),
    ...(demand && { demand }),
    ...(reactive && { reactive }),
  };
}

function outcomeOf(candidate: Candidate, allocation: Allocation): Outcome {
  const { facts, assessment, proposal } = candidate;
  const { decision, memory } = decide({
    situation: { ...candidate.situation, allocation },
    proposal,
    why: reasonsWhy(facts, assessment, candidate.situation.from),
    ...(assessment.demand && { demand: assessment.demand }),
    ...(facts.requests && { requests: facts.requests }),
  });
  const to = decision.kind === 'scale' ? decision.to : decision.from;
  const { state } = facts;
  const aim = afterDecision(candidate.aim, state?.readyReplicas, to, state?.hpa.kind !== 'none');
  return { decision, memory: { ...memory, aim }, explanation: explain(candidate, allocation) };
}

/**
 * Plans all workloads for one round.
 *
 * A decision's `from` and `to` are the HPA's floor (`minReplicas`) where an HPA is there, else `spec.replicas`.
 * @returns one outcome per workload, in their order
 */
export function planWorkloads(facts: Facts): Round {
  const workloads = withDependencyLoss(facts.workloads, facts.nowMs);
  const candidates = workloads.map((workload) => candidateOf(workload, facts));
  const limited = new Set(facts.budgets.map(({ pool }) => pool));
  const requests = candidates.map((candidate) => requestOf(candidate, limited.has(candidate.facts.spec.pool)));
  const plan = allocate(requests, facts.budgets, facts.allocator);
  const outcomes = candidates.map((candidate, i) => outcomeOf(candidate, plan.allocations[i]!));
  return { atMs: facts.nowMs, plan, outcomes };
}
