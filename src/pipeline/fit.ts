import type { FitRequest, FittedSeries } from '../domain/forecast.ts';
import { fitAndHoldOut } from '../forecast/fit.ts';
import { fitBorrowed } from '../forecast/fleet/fit-borrowed.ts';
import type { Engines } from '../forecast/learning.ts';
import { joinReplays, replayLevels } from './replay-levels.ts';

/**
 * What the slow clock does for one workload: `fitSeries`, a second aggregate where the request has a past for it, and a
 * replay of the service where the request describes it.
 */
export async function fitAndReplay(request: FitRequest, engines: Engines, clock?: () => number): Promise<FittedSeries> {
  const { fitted, heldOut } = await fitAndHoldOut(request, engines, clock);
  const fresh = heldOut && request.serving && replayLevels(heldOut, request.serving);
  const replay = joinReplays(request.previous?.replay, fresh, request.history.stepMs);
  return { ...(await fitBorrowed(fitted, request, engines)), ...(replay && { replay }) };
}
