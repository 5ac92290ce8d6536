import { hold, type Policy, pass } from '../policy.ts';

/** Inside a configured freeze nothing changes in either direction. */
export const freeze: Policy = {
  name: 'freeze',
  judge({ nowMs, from, settings }, replicas) {
    const active = settings.freeze.find(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
    if (!active) return pass;
    const until = new Date(active.endMs).toISOString();
    return hold(from, 'frozen', `freeze "${active.name}" until ${until}; stays at ${from} instead of ${replicas}`);
  },
};
