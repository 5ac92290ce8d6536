/** Workloads that begin with the history of another one: that it is there, and can be one. */
import { type SignalName, type WorkloadRef, workloadKey } from '../../domain/workload.ts';
import { didYouMean } from '../did-you-mean.ts';
import { donorOf } from '../donors.ts';
import { type ConfigDraft, listed, type WorkloadDraft, workloadLevel } from '../levels.ts';
import { formatFound, type Path } from '../problems.ts';
import { NO_SIGNAL } from '../templates.ts';
import { type Check, type CheckProblem, named } from './check.ts';

/** A listed workload that is whole enough to be spoken of. */
interface Listed {
  readonly key: string;
  readonly ref: WorkloadRef;
  readonly index: number;
  readonly draft: WorkloadDraft;
}

interface Wish extends Listed {
  readonly path: Path;
  /** As it is typed, and the workload that it names. */
  readonly like: string;
  readonly donor: string;
}

function listedIn(config: ConfigDraft): readonly Listed[] {
  return listed(config).flatMap(({ draft, index }) => {
    const { namespace, kind, name } = draft;
    if (namespace === undefined || kind === undefined || name === undefined) return [];
    const ref = { namespace, kind, name };
    return [{ key: workloadKey(ref), ref, index, draft }];
  });
}

function wishesIn(all: readonly Listed[]): readonly Wish[] {
  return all.flatMap((one) => {
    const { like } = one.draft;
    const path = ['workloads', one.index, 'like'];
    return like === undefined ? [] : [{ ...one, path, like, donor: workloadKey(donorOf(like, one.ref)) }];
  });
}

/** What discovery will find is not known here; a donor that it does not find is said in the log. */
export const donorsExist: Check = (config) => {
  if (config.discovery !== undefined) return [];
  const all = listedIn(config);
  return wishesIn(all).flatMap(({ path, like, key, ref, donor }): readonly CheckProblem[] => {
    if (all.some((other) => other.key === donor)) return [];
    const names = all.filter((other) => other.key !== key).map((other) => shortName(other.ref, ref));
    const meant = didYouMean(like, names);
    const expected = `another workload of this file (${names.join(', ') || 'there is none'})`;
    return [{ path, expected, found: formatFound(like), ...(meant === undefined ? {} : { meant }) }];
  });
};

/** As one would type it at another workload. */
function shortName(ref: WorkloadRef, near: WorkloadRef): string {
  if (ref.kind !== near.kind) return workloadKey(ref);
  return ref.namespace === near.namespace ? ref.name : `${ref.namespace}/${ref.name}`;
}

/** A past that is made of itself. */
export const donorsAreOthers: Check = (config) => {
  const wishes = wishesIn(listedIn(config));
  const next = new Map(wishes.map(({ key, donor }) => [key, donor]));
  return wishes.flatMap(({ path, key }): readonly CheckProblem[] => {
    const chain = [key];
    for (let at = next.get(key); at !== undefined && !chain.includes(at); at = next.get(at)) chain.push(at);
    if (next.get(chain.at(-1)!) !== key) return [];
    const found = chain.length === 1 ? `${key}, itself` : [...chain, key].join(' → ');
    return [{ path, expected: 'a workload that does not begin with this one', found }];
  });
};

const loadSignals = ['requests', 'cpu'] as const satisfies readonly SignalName[];

/** Requests per second say nothing of millicores. */
export const donorsHaveTheLoad: Check = (config) => {
  const all = listedIn(config);
  const signalsOf = ({ draft, index }: Listed) => {
    const { signals } = workloadLevel(config, draft, index).fields;
    return loadSignals.filter((signal) => (signals?.[signal] ?? NO_SIGNAL) !== NO_SIGNAL);
  };
  return wishesIn(all).flatMap((wish): readonly CheckProblem[] => {
    const donor = all.find(({ key }) => key === wish.donor);
    const [own, theirs] = [signalsOf(wish), donor ? signalsOf(donor) : []];
    if (!donor || own.length === 0 || own.some((signal) => theirs.includes(signal))) return [];
    const expected = `a workload that observes ${own.join(' or ')}`;
    return [{ path: wish.path, expected, found: `${donor.key}, which observes ${theirs.join(' and ') || 'neither'}` }];
  });
};

/** Only an aggregate can begin with the history of another workload. */
export const donorsAreUsed: Check = (config) => {
  const candidates = config.forecast?.candidates?.filter((name) => name !== undefined);
  if (!candidates || candidates.includes('aggregate')) return [];
  const about = [['forecast', 'candidates']];
  const expected = `aggregate among ${named('forecast.candidates', candidates.join(', '))}`;
  return wishesIn(listedIn(config)).map(({ path }) => ({ path, expected, found: 'none', about }));
};
