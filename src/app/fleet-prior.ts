/** What a young workload may take from the others that are followed. */
import type { FleetPrior } from '../domain/fleet.ts';
import type { FitRequest } from '../domain/forecast.ts';
import { archetypeOf, traitsOf } from '../forecast/fleet/archetype.ts';
import { fleetPrior } from '../forecast/fleet/fleet-prior.ts';
import type { Book, Entry } from './book.ts';

/** Later an aggregate is hardly ever begun anew, and by then it knows better itself. */
const YOUNG_MS = 3 * 86_400_000;

/** Notes what kind of load the workload has. Undefined when it is old enough to go without. */
export function priorFor(
  book: Book,
  entry: Entry,
  { history, seasonLengths }: Pick<FitRequest, 'history' | 'seasonLengths'>,
): FleetPrior | undefined {
  const { values, stepMs } = history;
  entry.kind = archetypeOf(traitsOf(values, seasonLengths, stepMs));
  if (values.length * stepMs > YOUNG_MS) return undefined;
  const others = [...book.values()].flatMap((other) => {
    const parameters = other === entry ? undefined : other.fitted?.models.aggregate?.parameters;
    return parameters ? [{ parameters, ...(other.kind && { kind: other.kind }) }] : [];
  });
  return fleetPrior(entry.kind, others);
}
