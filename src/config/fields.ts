/**
 * Kinds of values in the file. Each says in one sentence what it expects, in the message of every check, because that
 * sentence is what the user reads after "expected". Output is in the units of the domain (milliseconds, shares, …).
 */
import { z } from 'zod';
import { isCron } from './cron.ts';
import { parseDate, parseDayChoice } from './days.ts';
import { durationPattern, formatDuration, parseDuration } from './durations.ts';
import { isTimeZone, parseMoment } from './local-time.ts';
import { objectiveForms, parseObjective } from './objectives.ts';
import { parseCpu, parseMemory } from './quantities.ts';
import { parseShare } from './shares.ts';

type Input = z.ZodType<string> | z.ZodType<number> | z.ZodType<string | number>;

/** A leaf that is read by a function; `undefined` from it means the value is not of this kind. */
function parsed<I extends Input, T>(input: I, parse: (value: z.output<I>) => T | undefined, expected: string) {
  return input.transform((value, context): T => {
    const result = parse(value as z.output<I>);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** Milliseconds from `90s`, `5m`, `14d`. */
export function duration(leastMs: number, mostMs = Number.MAX_SAFE_INTEGER) {
  const most = mostMs === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${formatDuration(mostMs)}`;
  const expected = `a duration such as 90s, 5m or 14d, at least ${formatDuration(leastMs)}${most}`;
  const parse = (text: string) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= leastMs && ms <= mostMs ? ms : undefined;
  };
  return parsed(z.string({ error: expected }), parse, expected).meta({ pattern: durationPattern });
}

/** A share between the bounds from `0.7` or `70%`. Bounds are in percent for the message. */
export function share(leastPercent: number, mostPercent: number, above = false) {
  const expected = `a share ${above ? `above ${leastPercent}%` : `from ${leastPercent}%`} to ${mostPercent}%, such as 0.1 or 10%`;
  const parse = (value: number | string) => {
    const result = parseShare(value);
    if (result === undefined || result > mostPercent / 100) return undefined;
    return above
      ? result > leastPercent / 100
        ? result
        : undefined
      : result >= leastPercent / 100
        ? result
        : undefined;
  };
  return parsed(z.union([z.number(), z.string()], { error: expected }), parse, expected);
}

function quantity(parse: (text: string) => number | undefined, expected: string) {
  const positive = (value: string | number) => {
    const result = parse(String(value));
    return result !== undefined && result > 0 ? result : undefined;
  };
  return parsed(z.union([z.number(), z.string()], { error: expected }), positive, expected);
}

/** Millicores from `500m`, `"2"` or 2. */
export const cpu = quantity(parseCpu, 'a CPU quantity such as 500m or 2');
/** Bytes from `512Mi`, `2Gi`. */
export const memory = quantity(parseMemory, 'a memory quantity such as 512Mi or 2Gi');

export function whole(least: number, most: number) {
  const expected = `a whole number from ${least} to ${most}`;
  return z.int({ error: expected }).min(least, { error: expected }).max(most, { error: expected });
}

export function numberFrom(least: number, most: number) {
  const expected = `a number from ${least} to ${most}`;
  return z.number({ error: expected }).min(least, { error: expected }).max(most, { error: expected });
}

export const positive = z.number({ error: 'a number above 0' }).positive({ error: 'a number above 0' });

export function oneOf<const T extends readonly [string, ...string[]]>(choices: T) {
  return z.enum(choices, { error: `one of ${choices.join(', ')}` });
}

export function text(expected: string) {
  return z.string({ error: expected }).min(1, { error: expected });
}

export const flag = z.boolean({ error: 'true or false' });

const nameExpected = 'a Kubernetes name (lower-case letters, digits, "-" and ".")';
/** RFC 1123 subdomain, as Kubernetes has it for names of namespaces, Deployments and StatefulSets. */
export const kubernetesName = z
  .string({ error: nameExpected })
  .max(253, { error: nameExpected })
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, { error: nameExpected });

const donorExpected = 'a name such as checkout, shop/checkout or shop/StatefulSet/checkout';
/** Another workload: of the own namespace and kind by its name alone. */
export const donor = z
  .string({ error: donorExpected })
  .max(600, { error: donorExpected })
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/((Deployment|StatefulSet)\/)?)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, {
    error: donorExpected,
  });

const labelExpected = 'a name of letters, digits, "-", "_" and "."';
/** Names that the author chooses: of pools, templates, events. */
export const givenName = z
  .string({ error: labelExpected })
  .max(100, { error: labelExpected })
  .regex(/^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/, { error: labelExpected });

const prometheusLabel = 'the name of a Prometheus label';
export const labelName = z
  .string({ error: prometheusLabel })
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: prometheusLabel });

export const objective = parsed(z.string({ error: objectiveForms }), parseObjective, objectiveForms);

const zoneExpected = 'a time zone such as UTC or Europe/Berlin';
export const timeZone = parsed(
  z.string({ error: zoneExpected }),
  (zone) => (isTimeZone(zone) ? zone : undefined),
  zoneExpected,
);

const cronExpected = 'a cron expression of five fields such as "17 2 * * *"';
export const cron = parsed(
  z.string({ error: cronExpected }),
  (line) => (isCron(line) ? line : undefined),
  cronExpected,
);

const momentExpected = 'a time such as 2026-11-27T08:00 (in the time zone), or with its own offset 2026-11-27T08:00Z';
/** Stays a text: which moment it is depends on a time zone that another setting gives. */
export const moment = parsed(
  z.string({ error: momentExpected }),
  (value) => (parseMoment(value, 'UTC').kind === 'malformed' ? undefined : value),
  momentExpected,
);

const dayExpected = 'a day such as thursday, first monday, last friday, 15 or last day';
export const dayChoice = parsed(
  z.union([z.string(), z.number()], { error: dayExpected }),
  (value) => parseDayChoice(value),
  dayExpected,
);

const dateExpected = 'a date such as 2026-12-24';
/** Days since 1970. */
export const date = parsed(z.string({ error: dateExpected }), parseDate, dateExpected);

/** An http(s) URL. A user, password or query in it would be a secret in the file. */
export function url(expected: string) {
  return z.string({ error: expected }).transform((value, context) => {
    const parsedUrl = URL.canParse(value) ? new URL(value) : undefined;
    const secret = /[@?#]/.test(value);
    const web = parsedUrl?.protocol === 'http:' || parsedUrl?.protocol === 'https:';
    if (web && !secret) return value;
    const found = secret ? 'a URL with a user, a password or a query in it (not shown)' : undefined;
    context.addIssue({ code: 'custom', message: expected, params: { ...(found && { found }) } });
    return z.NEVER;
  });
}
