import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadResult, loadSettings, parseSettings } from '../../src/config/load.ts';
import { describeProblems } from '../../src/config/problems.ts';
import type { Settings } from '../../src/domain/settings.ts';

const configFolder = join(import.meta.dirname, '..', '..', 'config');
const HOUR = 3_600_000;

function loaded(result: LoadResult): Settings {
  assert.ok(result.kind === 'loaded', result.kind === 'invalid' ? describeProblems('test', result.problems) : '');
  return result.settings;
}

const minimal = `
prometheus: { url: "http://prometheus:9090" }
workloads:
  - { namespace: shop, name: checkout, replicas: { max: 20 } }
`;

describe('loadSettings', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const foundAt = (path: string) => {
    const result = loadSettings(path);
    return result.kind === 'invalid' ? result.problems.map(({ path: where, found }) => `${where}: ${found}`) : 'loaded';
  };

  it('reads a file and says which one', () => {
    const path = join(folder, 'a.yaml');
    writeFileSync(path, minimal);
    const result = loadSettings(path);
    assert.equal(loaded(result).workloads.length, 1);
    assert.equal(result.kind === 'loaded' && result.loadedFrom, path);
  });

  it('reports a file that is not there as a problem, not as an exception', () => {
    assert.deepEqual(foundAt(join(folder, 'missing.yaml')), ['file: no such file']);
  });

  it('reports a folder in place of the file', () => {
    assert.match(String(foundAt(folder)), /^file: an error: EISDIR/);
  });

  it('reports bytes that are no text', () => {
    const path = join(folder, 'a.yaml');
    writeFileSync(path, Buffer.from([0x6d, 0xff, 0xfe, 0x00]));
    assert.deepEqual(foundAt(path), ['file: bytes that are not UTF-8']);
  });
});

describe('config/forescale.yaml', () => {
  const text = readFileSync(join(configFolder, 'forescale.yaml'), 'utf8');
  const settings = loaded(parseSettings(text, 'forescale.yaml'));

  it('is valid as it stands: a dry run of what carries the annotation', () => {
    assert.equal(settings.mode, 'dry-run');
    assert.equal(settings.discovery?.annotation, true);
    assert.deepEqual(settings.workloads, []);
  });

  it('shows the defaults of the code: all but the URL and the maximum may be left out', () => {
    const least = `
prometheus: { url: "http://prometheus.monitoring:9090" }
discovery: {}
defaults: { replicas: { max: 20 } }`;
    assert.deepEqual(settings, loaded(parseSettings(least, 'least.yaml')));
  });

  it('shows every setting there is', () => {
    const schema = JSON.parse(readFileSync(join(configFolder, 'schema.json'), 'utf8'));
    const names = new Set<string>();
    const collect = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as { properties?: object };
      for (const name of Object.keys(properties ?? {})) names.add(name);
      for (const child of Object.values(node)) collect(child);
    };
    collect(schema);
    // These stand in the file under names that the reader gives.
    const written = [...names].filter((name) => !new RegExp(`\\b${name}:`).test(text));
    assert.deepEqual(written, ['kindLabel']);
    assert.ok(names.size > 70, `${names.size} settings`);
  });

  it('has examples in its comments that are valid too, but for the two ways to authenticate', () => {
    const uncommented = text
      .split('\n')
      .filter((line) => !line.includes('yaml-language-server'))
      .join('\n')
      .replaceAll(/^( *)# ((?:- )?[\w-]+: .*|- \{.*|[\w-]+:| {2}.*)$/gm, '$1$2')
      .replaceAll(/^( *(?:freeze|workloads|namespaces|templates|budgets):) (?:\[\]|\{\})/gm, '$1');
    const result = parseSettings(uncommented, 'uncommented.yaml');
    assert.deepEqual(
      result.kind === 'invalid' ? result.problems.map(({ path, expected }) => `${path}: ${expected}`) : [],
      ['prometheus.basicAuth: either basicAuth or bearerTokenFile'],
    );
    const settings = loaded(parseSettings(uncommented.replace(/^ *bearerTokenFile.*$/m, ''), 'uncommented.yaml'));
    const names = settings.workloads[0]!.events.map(({ name }) => name);
    assert.deepEqual(names.slice(0, 4), ['Black Friday', 'lunch sale', 'payday', 'import']);
    assert.ok(names.includes('Corpus Christi'), 'a holiday of Bavaria');
    assert.equal(settings.workloads[0]?.clock?.zone, 'Europe/Berlin');
    assert.equal(settings.budgets[0]?.cpuMillicores, 200_000);
    assert.equal(settings.decide.freeze.length, 1);
    assert.equal(settings.discovery?.byNamespace['shop']?.minReplicas, 2);
    assert.equal(settings.discovery?.templates['queue-rate']?.namePattern, '(.+)-jobs');
  });
});

describe('config/invalid', () => {
  const folder = join(configFolder, 'invalid');
  const cases = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  it('has 22 cases, each with its message beside it', () => {
    assert.equal(cases.length, 22);
    const messages = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    assert.deepEqual(
      messages.map((name) => name.replace('.txt', '.yaml')),
      cases,
    );
  });

  for (const name of cases) {
    it(`${name} gives exactly the message in ${name.replace('.yaml', '.txt')}`, () => {
      const result = loadSettings(join(folder, name));
      assert.ok(result.kind === 'invalid', `${name} is valid`);
      const expected = readFileSync(join(folder, name.replace('.yaml', '.txt')), 'utf8');
      assert.equal(`${describeProblems(`config/invalid/${name}`, result.problems)}\n`, expected);
    });
  }

  it('never repeats a secret from the file in its message', () => {
    const result = loadSettings(join(folder, 'secret-in-file.yaml'));
    assert.ok(result.kind === 'invalid' && !describeProblems('f', result.problems).includes('hunter2'));
  });
});

describe('parseSettings', () => {
  it('finds what is wrong between settings beside what is wrong by itself', () => {
    const result = parseSettings(
      `
loop: soon
prometheus: { url: "http://prometheus:9090" }
workloads:
  - { namespace: shop, name: checkout, replicas: { min: 25, max: 20 } }`,
      'test',
    );
    assert.deepEqual(result.kind === 'invalid' ? result.problems.map(({ path, line }) => [path, line]) : [], [
      ['loop', 2],
      ['workloads[0].replicas.min', 5],
    ]);
  });

  it('does not draw conclusions from a value that is itself wrong', () => {
    // Were the wrong minimum ignored, the 30 of the defaults would seem to be above the maximum of 20.
    const result = parseSettings(
      `
prometheus: { url: "http://prometheus:9090" }
defaults: { replicas: { min: 30, max: 40 } }
workloads:
  - { namespace: shop, name: checkout, replicas: { min: few, max: 20 } }`,
      'test',
    );
    assert.deepEqual(result.kind === 'invalid' ? result.problems.map(({ path }) => path) : [], [
      'workloads[0].replicas.min',
    ]);
  });

  it('lets the nearest level count: workload over namespace over defaults, replicas and signals one by one', () => {
    const [checkout, search] = loaded(
      parseSettings(
        `
prometheus: { url: "http://prometheus:9090" }
defaults: { priority: 1, replicas: { min: 2, max: 20 } }
namespaces:
  shop: { priority: 2, pool: web, replicas: { max: 30 }, signals: { requests: istio } }
budgets: { web: { cpu: 40, memory: 1Ti } }
workloads:
  - { namespace: shop, name: checkout, priority: 3, signals: { memory: none } }
  - { namespace: other, name: search, kind: StatefulSet }`,
        'test',
      ),
    ).workloads;
    const { priority, pool, minReplicas, maxReplicas, signals } = checkout!;
    assert.deepEqual(
      { priority, pool, minReplicas, maxReplicas },
      { priority: 3, pool: 'web', minReplicas: 2, maxReplicas: 30 },
    );
    assert.deepEqual(
      Object.values(signals).map(({ name }) => name),
      ['istio-requests', 'cadvisor-cpu'],
    );
    assert.deepEqual(search!.ref, { namespace: 'other', kind: 'StatefulSet', name: 'search' });
    assert.deepEqual([search!.priority, search!.maxReplicas], [1, 20]);
  });

  it('converts every unit once: 250ms to 0.25 s, 40 CPU to 40,000 millicores, Berlin to UTC', () => {
    const settings = loaded(
      parseSettings(
        `
timeZone: Europe/Berlin
prometheus: { url: "http://prometheus:9090", tls: { caFile: ca.pem }, headers: { X-Scope-OrgID: shop } }
budgets: { default: { cpu: 40, memory: 1Gi, replicas: 9 } }
decide: { freeze: [{ name: release, start: 2026-12-24, end: 2026-12-27 }] }
workloads:
  - namespace: shop
    name: checkout
    objective: p99 latency 250ms
    replicas: { max: 20 }
    signals: { requests: istio, latency: istio }
    startUp: 90s
    perReplica: 120
    events: [{ name: sale, start: 2026-11-27T08:00, end: 2026-11-27T20:00, uplift: 2.5, every: 7d }]`,
        'test',
      ),
    );
    const { startMs, endMs, ...freeze } = settings.decide.freeze[0]!;
    assert.deepEqual(freeze, { name: 'release' });
    assert.deepEqual([startMs, endMs], [Date.UTC(2026, 11, 23, 23), Date.UTC(2026, 11, 26, 23)]);
    assert.deepEqual(settings.budgets, [{ pool: 'default', cpuMillicores: 40_000, memoryBytes: 2 ** 30, replicas: 9 }]);
    const spec = settings.workloads[0]!;
    assert.deepEqual(spec.objective, { kind: 'latency', quantile: 0.99, seconds: 0.25 });
    assert.deepEqual([spec.startUpMs, spec.perReplicaRps], [90_000, 120]);
    const saleMs = Date.UTC(2026, 10, 27, 7);
    assert.deepEqual(spec.events, [
      {
        name: 'sale',
        type: 'other',
        startMs: saleMs,
        endMs: saleMs + 12 * HOUR,
        uplift: 2.5,
        repeat: { kind: 'span', everyMs: 168 * HOUR },
      },
    ]);
    assert.deepEqual(settings.prometheus.tls, { caFile: 'ca.pem' });
  });

  it('observes errors and throttling only where a template for them is named', () => {
    const [asked, unasked] = loaded(
      parseSettings(
        `
prometheus: { url: "http://prometheus:9090" }
defaults: { replicas: { max: 9 }, signals: { throttling: cadvisor } }
workloads:
  - { namespace: shop, name: a, signals: { errors: istio } }
  - { namespace: shop, name: b, signals: { throttling: none } }`,
        'test',
      ),
    ).workloads.map(({ signals }) => [signals.errors?.name, signals.throttling?.name]);
    assert.deepEqual(asked, ['istio-errors', 'cadvisor-throttling']);
    assert.deepEqual(unasked, [undefined, undefined]);
  });

  it('asks for the latency at the quantile of the objective, and keeps the templates of two quantiles apart', () => {
    const latencies = loaded(
      parseSettings(
        `
prometheus: { url: "http://prometheus:9090" }
defaults: { replicas: { max: 9 }, signals: { requests: istio, latency: istio } }
workloads:
  - { namespace: shop, name: a, objective: p99 latency 1s }
  - { namespace: shop, name: b, objective: p99.9 latency 1s }
  - { namespace: shop, name: c }`,
        'test',
      ),
    ).workloads.map(({ signals }) => signals.latency!);
    assert.deepEqual(
      latencies.map(({ name }) => name),
      ['istio-latency-p99', 'istio-latency-p99.9', 'istio-latency-p95'],
    );
    assert.deepEqual(
      latencies.map(({ query }) => /histogram_quantile\((.*?),/.exec(query)?.[1]),
      ['0.99', '0.999', '0.95'],
    );
  });

  it('freezes the settings all the way down', () => {
    const settings = loaded(parseSettings(minimal, 'test'));
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    assert.ok(frozen(settings));
  });

  it('keeps the pool "default" without a limit when no budget names it', () => {
    assert.deepEqual(loaded(parseSettings(minimal, 'test')).budgets, [{ pool: 'default' }]);
  });
});
