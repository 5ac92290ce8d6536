/** Policies by the names that users type. */
import { didYouMean } from '../../config/did-you-mean.ts';
import { parseDuration } from '../../config/durations.ts';
import { peerForms } from '../../simulate/peers/peers.ts';
import { clairvoyant } from '../../simulate/policies/clairvoyant.ts';
import type { ForescaleMaker } from '../../simulate/policies/forescale.ts';
import { defaultHpa, type HpaSettings, hpa } from '../../simulate/policies/hpa.ts';
import { oracle } from '../../simulate/policies/oracle.ts';
import { recentMax } from '../../simulate/policies/recent-max.ts';
import { staticPeak } from '../../simulate/policies/static.ts';
import type { Policy } from '../../simulate/policy.ts';

/** A name that is understood, or what was expected instead. */
export type PolicyAnswer =
  | { readonly kind: 'ok'; readonly policy: Policy }
  | { readonly kind: 'bad'; readonly expected: string };

/** One kind of policy: the word it starts with, how it reads in help, and how the parts behind `:` make one. */
interface PolicyForm {
  readonly word: string;
  readonly form: string;
  readonly meaning: string;
  build(name: string, parts: readonly string[]): PolicyAnswer;
}

/** All policies, in the order of the help. */
function policyForms(forescale: ForescaleMaker): readonly PolicyForm[] {
  return [
    {
      word: 'forescale',
      form: 'forescale[:P]',
      meaning: 'owns the replicas; aims at a share P of time in violation',
      build: (name, parts) =>
        withShare('forescale', parts, (share) => forescale(name, share === undefined ? {} : { violationShare: share })),
    },
    {
      word: 'forescale+hpa',
      form: 'forescale+hpa:T',
      meaning: 'a floor under that HPA: the larger of the two',
      build: (name, parts) => fromHpa(parts, (settings) => forescale(name, { hpa: settings })),
    },
    {
      word: 'hpa',
      form: 'hpa:T[:stabilization=300s][:up-stabilization=0s][:metric=demand][:tolerance=0.1][:delay=0s]',
      meaning: 'the autoscaler of autoscaling/v2 at target T',
      build: (name, parts) => fromHpa(parts, (settings) => hpa(name, settings)),
    },
    {
      word: 'static',
      form: 'static',
      meaning: 'the peak of the warm-up',
      build: (_name, parts) => plain('static', parts, staticPeak),
    },
    {
      word: 'recent-max',
      form: 'recent-max:7d',
      meaning: 'the largest need of the last days',
      build: (name, parts) => fromSpan('recent-max:7d', parts, (ms) => recentMax(name, ms)),
    },
    {
      word: 'clairvoyant',
      form: 'clairvoyant:15m',
      meaning: 'told the true mean of the next minutes, and sized for it without allowance: often short, no bound',
      build: (name, parts) => fromSpan('clairvoyant:15m', parts, (ms) => clairvoyant(name, ms)),
    },
    {
      word: 'oracle',
      form: 'oracle',
      meaning: 'perfect foresight',
      build: (_name, parts) => plain('oracle', parts, oracle),
    },
    ...peerForms.map(
      ({ word, meaning, make }): PolicyForm => ({
        word,
        form: `${word}[:P]`,
        meaning: `${meaning}; tuned on the warm-up for a share P of time in violation`,
        build: (name, parts) => withShare(word, parts, (share) => make(name, share)),
      }),
    ),
  ];
}

const noMaker: ForescaleMaker = () => {
  throw new Error('help does not build policies');
};

/** One line for each policy, for `--help`. */
export function policyHelp(): string {
  return policyForms(noMaker)
    .map(({ form, meaning }) => `  ${form}\n      ${meaning}`)
    .join('\n');
}

/** @returns the policies in the order typed, or every name that is not understood and why */
export function parsePolicies(
  list: string,
  forescale: ForescaleMaker,
): { readonly policies: readonly Policy[]; readonly problems: readonly string[] } {
  const forms = policyForms(forescale);
  const policies: Policy[] = [];
  const problems: string[] = [];
  for (const name of list.split(',').map((text) => text.trim())) {
    const answer = parseOne(name, forms);
    if (answer.kind === 'bad') problems.push(`--policies: "${name}": expected ${answer.expected}`);
    else if (policies.some((known) => known.name === name)) problems.push(`--policies: "${name}" is there twice`);
    else policies.push(answer.policy);
  }
  return { policies, problems };
}

function parseOne(name: string, forms: readonly PolicyForm[]): PolicyAnswer {
  const [word = '', ...parts] = name.split(':');
  const form = forms.find((known) => known.word === word);
  if (form !== undefined) return form.build(name, parts);
  const words = forms.map((known) => known.word);
  const meant = didYouMean(word, words);
  return bad(`one of ${words.join(', ')}${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`);
}

function bad(expected: string): PolicyAnswer {
  return { kind: 'bad', expected };
}

function plain(word: string, parts: readonly string[], policy: Policy): PolicyAnswer {
  return parts.length === 0 ? { kind: 'ok', policy } : bad(`${word} without more`);
}

function fromSpan(form: string, parts: readonly string[], build: (ms: number) => Policy): PolicyAnswer {
  const ms = parts.length === 1 ? parseDuration(parts[0]!) : undefined;
  return ms === undefined || ms === 0 ? bad(`a span of time, as in ${form}`) : { kind: 'ok', policy: build(ms) };
}

function withShare(word: string, parts: readonly string[], build: (share?: number) => Policy): PolicyAnswer {
  if (parts.length === 0) return { kind: 'ok', policy: build() };
  const share = Number(parts[0]);
  if (parts.length > 1 || !(share > 0 && share < 1)) return bad(`a share of time between 0 and 1, as in ${word}:0.001`);
  return { kind: 'ok', policy: build(share) };
}

function fromHpa(parts: readonly string[], build: (settings: HpaSettings) => Policy): PolicyAnswer {
  const target = Number(parts[0]);
  if (!(target > 0 && target <= 1) || Math.abs(target * 100 - Math.round(target * 100)) > 1e-9)
    return bad('a target in whole percent between 0.01 and 1, as in hpa:0.7');
  let settings: HpaSettings = { ...defaultHpa, target };
  for (const part of parts.slice(1)) {
    const option = parseHpaOption(part);
    if (option === undefined)
      return bad(
        'options of the form stabilization=300s, up-stabilization=0s, metric=utilisation|demand, tolerance=0.1, delay=60s',
      );
    settings = { ...settings, ...option };
  }
  return { kind: 'ok', policy: build(settings) };
}

function parseHpaOption(part: string): Partial<HpaSettings> | undefined {
  const [key, value = ''] = part.split('=');
  const ms = parseDuration(value);
  const share = value === '' ? Number.NaN : Number(value);
  switch (key) {
    case 'stabilization':
      return ms === undefined ? undefined : { stabilisationMs: ms };
    case 'up-stabilization':
      return ms === undefined ? undefined : { upStabilisationMs: ms };
    case 'delay':
      return ms === undefined ? undefined : { delayMs: ms };
    case 'tolerance':
      return share >= 0 && share < 1 ? { tolerance: share } : undefined;
    case 'metric':
      return value === 'utilisation' || value === 'demand' ? { metric: value } : undefined;
    default:
      return undefined;
  }
}
