/** Histories of an online shop as OpenMetrics text, to back-fill a real Prometheus with. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export interface HistoryOptions {
  readonly namespace: string;
  readonly app: string;
  readonly days: number;
  /** End of the history, milliseconds. */
  readonly endMs: number;
  /** Requests per second at a time. */
  readonly rate: (atMs: number) => number;
  /** CPU millicores that one request per second costs. */
  readonly millicoresPerRps?: number;
}

/**
 * A day that is quiet but for one hour: from `startMs` (any day's) on the load climbs from `low` to `high` within
 * `rampMs`, stays for an hour and falls as fast.
 */
export function dailyPeak(startMs: number, low: number, high: number, rampMs: number): (atMs: number) => number {
  const length = 60 * MINUTE;
  return (atMs) => {
    const phase = (((atMs - startMs) % DAY) + DAY) % DAY;
    const rising = Math.min(1, phase / rampMs);
    const falling = Math.min(1, Math.max(0, (length + rampMs - phase) / rampMs));
    const share = phase <= length + rampMs ? Math.min(rising, falling) : 0;
    return low + (high - low) * share;
  };
}

/** Uneven by ±3 %, the same every time. */
function uneven(minute: number): number {
  return 1 + 0.03 * Math.sin(minute * 12.9898) * Math.cos(minute * 4.1414);
}

interface Family {
  readonly name: string;
  readonly lines: string[];
}

/** The lines of one workload for each metric family: requests counted by app, and CPU seconds beside them. */
export function counters(options: HistoryOptions): readonly Family[] {
  const { namespace, app, days, endMs, rate, millicoresPerRps = 20 } = options;
  const start = Math.floor((endMs - days * DAY) / MINUTE) * MINUTE;
  const labels = `namespace="${namespace}",app="${app}"`;
  const requests: string[] = [];
  let total = 0;
  let cpuSeconds = 0;
  const cpu: string[] = [];
  for (let atMs = start; atMs <= endMs; atMs += MINUTE) {
    requests.push(`http_requests_total{${labels}} ${total.toFixed(3)} ${atMs / 1000}`);
    cpu.push(`app_cpu_seconds_total{${labels}} ${cpuSeconds.toFixed(4)} ${atMs / 1000}`);
    const served = rate(atMs + MINUTE / 2) * uneven(atMs / MINUTE) * 60;
    total += served;
    cpuSeconds += (served * millicoresPerRps) / 1000;
  }
  return [
    { name: 'http_requests', lines: requests },
    { name: 'app_cpu_seconds', lines: cpu },
  ];
}

/** One OpenMetrics document of all the workloads. */
export function openMetrics(all: readonly HistoryOptions[]): string {
  const families = new Map<string, string[]>();
  for (const { name, lines } of all.flatMap(counters)) {
    const known = families.get(name) ?? [];
    for (const line of lines) known.push(line);
    families.set(name, known);
  }
  const text = [...families].flatMap(([name, lines]) => [`# TYPE ${name} counter`, ...lines]);
  return `${text.join('\n')}\n# EOF\n`;
}
