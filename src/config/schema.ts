/**
 * The whole file, section by section: names, kinds, defaults and what each setting decides.
 * config/schema.json is made from this (`npm run schema`), so every description is written for an editor's tooltip.
 */
import { z } from 'zod';
import { defaultExperts, expertNames } from '../domain/fleet.ts';
import { defaultCandidates, forecasterNames } from '../domain/forecast.ts';
import * as field from './fields.ts';
import { workload, workloadDefaults, workloadFields } from './workload-schema.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const file = field.text('the path of a file');

const prometheus = z.strictObject({
  url: field
    .url('an http or https URL such as http://prometheus.monitoring:9090')
    .describe('Base URL of the Prometheus API (Thanos and Mimir work too), without /api/v1.'),
  timeout: field
    .duration(100, 10 * MINUTE)
    .describe('How long one query may take before the signal counts as unavailable.')
    .prefault('30s'),
  concurrency: field.whole(1, 64).describe('Queries at the same time.').prefault(4),
  maxSamples: field
    .whole(1_000, 50_000_000)
    .describe('Most samples in one answer; longer ranges are split. Keep it below --query.max-samples of the server.')
    .prefault(200_000),
  rateWindow: field
    .duration(SECOND, DAY)
    .describe(
      '$window in the templates: each rate is taken over this span. At least step, and four scrape intervals to survive a lost scrape.',
    )
    .prefault('2m'),
  bearerTokenFile: file.optional().describe('File with a bearer token; read again when it changes.'),
  basicAuth: z
    .strictObject({
      username: field.text('a user name').describe('User name; the password stands in its own file.'),
      passwordFile: file.describe('File with the password.'),
    })
    .optional()
    .describe('Basic authentication; not together with bearerTokenFile.'),
  tls: z
    .strictObject({
      caFile: file.optional().describe('Certificates to trust instead of the system ones (PEM).'),
      certFile: file.optional().describe('Client certificate (PEM); needs keyFile.'),
      keyFile: file.optional().describe('Key of the client certificate (PEM); needs certFile.'),
      serverName: field.text('a host name').optional().describe('Name to expect in the certificate of the server.'),
    })
    .optional()
    .describe('Certificates for an https URL.'),
  headers: z
    .record(field.text('the name of a header'), z.string({ error: 'a text' }))
    .describe('Extra headers, such as X-Scope-OrgID. No secrets.')
    .prefault({}),
});

const kubernetes = z.strictObject({
  kubeconfig: file
    .optional()
    .describe('Path of a kubeconfig; in-cluster credentials, then the default kubeconfig, when absent.'),
  context: field
    .text('the name of a context')
    .optional()
    .describe('Context of the kubeconfig; its current one when absent.'),
  namespaces: z
    .array(field.kubernetesName)
    .describe('Read and write only in these namespaces; all when empty.')
    .prefault([]),
  timeout: field
    .duration(100, 10 * MINUTE)
    .describe('How long one call of the API server may take.')
    .prefault('10s'),
  lease: field
    .duration(10 * SECOND, DAY)
    .describe(
      'How long a raised floor stands without renewal: what happens to it when forescale dies. At least 3 × loop.',
    )
    .prefault('10m'),
  writesPerSecond: field.numberFrom(0.1, 1000).describe('Most writes to the API server per second.').prefault(5),
});

const history = z.strictObject({
  window: field
    .duration(HOUR, 400 * DAY)
    .describe('Length of the history that models learn from; at least twice the longest season.')
    .prefault('21d'),
  maxGapShare: field
    .share(0, 100)
    .describe('Above this share of missing steps a series never shrinks a workload.')
    .prefault('20%'),
  staleAfter: field
    .duration(SECOND, DAY)
    .describe('Data older than this is stale, and nothing shrinks. At least 2 × step.')
    .prefault('5m'),
});

const forecast = z.strictObject({
  refitCron: field.cron.describe('When models are refitted and scored, in timeZone.').prefault('17 2 * * *'),
  spread: field.duration(0, DAY).describe('Refits of many workloads are spread over this span.').prefault('1h'),
  candidates: z
    .array(field.oneOf(forecasterNames))
    .describe(
      'What takes part. The aggregate acts where it is named: online experts and the fitted models named here, guarded by both yardsticks. Without it the model with the best score on recent history acts.',
    )
    .prefault([...defaultCandidates]),
  experts: z
    .array(field.oneOf(expertNames))
    .describe(
      'What the aggregate holds beside the yardsticks and the candidates. Trees, support vectors and the global networks are learned from all workloads together after each refit.',
    )
    .prefault([...defaultExperts]),
  workers: field.whole(1, 256).describe('Threads that fit models, beside the loop.').prefault(2),
  fitTimeout: field
    .duration(SECOND, DAY)
    .describe('A fit that takes longer is given up; the model of before stays.')
    .prefault('10m'),
  seed: field
    .whole(0, 2 ** 32 - 1)
    .describe('Equal seed and equal history give equal models.')
    .prefault(1),
  backend: field
    .oneOf(['auto', 'wasm', 'tensorflow'])
    .describe('What runs the LSTM; auto measures which one is faster here.')
    .prefault('auto'),
});

const budget = z.strictObject({
  cpu: field.cpu.optional().describe('CPU requests of all replicas together.'),
  memory: field.memory.optional().describe('Memory requests of all replicas together.'),
  replicas: field.whole(1, 1_000_000).optional().describe('Replicas together.'),
});

const freeze = z.strictObject({
  name: field.text('a name for the freeze').describe('Shown in reasons.'),
  start: field.moment.describe('On the clock of timeZone, or with an offset of its own.'),
  end: field.moment.describe('First moment after the freeze.'),
});

const decide = z.strictObject({
  tolerance: field
    .share(0, 100)
    .describe('Smaller changes than this share of the replicas are left alone on the way down.')
    .prefault('2%'),
  hold: field.duration(0, DAY).describe('The largest need of this span holds on the way down.').prefault('10m'),
  maxStepUpFactor: field
    .numberFrom(1.01, 1000)
    .describe('At most this many times the replicas in one change up.')
    .prefault(4),
  maxStepDownShare: field
    .share(0, 100, true)
    .describe('At most this share of the replicas in one change down.')
    .prefault('50%'),
  freeze: z.array(freeze).describe('Spans in which nothing is changed.').prefault([]),
});

const storage = z.strictObject({
  dataDir: field.text('the path of a folder').describe('History, journal and memory of decisions.').prefault('data'),
  modelDir: field.text('the path of a folder').describe('Fitted models.').prefault('models'),
});

const http = z.strictObject({
  host: field
    .text('an address to listen on')
    .describe('Address of /metrics, /healthz and /readyz.')
    .prefault('0.0.0.0'),
  port: field.whole(0, 65_535).describe('Port; 0 picks a free one.').prefault(8080),
});

const log = z.strictObject({
  level: field
    .oneOf(['error', 'warn', 'info', 'debug'])
    .describe('The least important lines to write.')
    .prefault('info'),
  format: field.oneOf(['auto', 'json', 'text']).describe('auto: text on a terminal, else JSON.').prefault('auto'),
});

const discovery = z.strictObject({
  annotation: field.flag.describe('Find workloads with the annotation forescale.dev/enabled: "true".').prefault(true),
  labelSelector: field
    .text('a label selector such as team=shop')
    .optional()
    .describe('Find workloads by label too, such as "team=shop,tier in (web, api)".'),
  refresh: field
    .duration(5 * SECOND, DAY)
    .describe('How often the cluster is searched.')
    .prefault('1m'),
});

const template = z.strictObject({
  query: field
    .text('a PromQL query')
    .describe(
      'One series per workload. $namespaces and $names are regular-expression alternatives, $window the rate window, $quantile that of the objective.',
    ),
  namespaceLabel: field.labelName.describe('Label of the result that holds the namespace.').prefault('namespace'),
  nameLabel: field.labelName.describe('Label of the result that holds the name of the workload.'),
  namePattern: field
    .text('a regular expression with one group')
    .optional()
    .describe('Regular expression whose one group is the name of the workload inside that label.'),
  kindLabel: field.labelName.optional().describe('Label of the result that says Deployment or StatefulSet.'),
  scale: field.positive.describe('Factor to requests per second, seconds, CPU millicores or bytes.').prefault(1),
});

export const configSchema = z.strictObject({
  mode: field
    .oneOf(['dry-run', 'act'])
    .describe('dry-run plans and explains but writes nothing; act changes the cluster.')
    .prefault('dry-run'),
  loop: field.duration(SECOND, HOUR).describe('How often to observe, plan and act.').prefault('30s'),
  step: field
    .duration(SECOND, HOUR)
    .describe('Length of one step of every series; how fine the forecast is.')
    .prefault('1m'),
  timeZone: field.timeZone
    .describe('Clock of the refits and freezes, and of every workload that has no other.')
    .prefault('UTC'),
  prometheus: prometheus.describe('Where the load is read.'),
  kubernetes: kubernetes.describe('How the cluster is reached.').prefault({}),
  discovery: discovery
    .optional()
    .describe('Workloads found in the cluster, beside those listed below. Off when absent.'),
  defaults: workloadDefaults.describe('Settings of every workload, listed or discovered.').prefault({}),
  namespaces: z
    .record(field.kubernetesName, workloadFields)
    .describe('Settings of the workloads of one namespace, in place of the defaults.')
    .prefault({}),
  workloads: z.array(workload).describe('Workloads by name, with settings of their own.').prefault([]),
  templates: z
    .record(field.givenName, template)
    .describe('PromQL templates of your own, for signals to name.')
    .prefault({}),
  history: history.describe('What is remembered of the load.').prefault({}),
  forecast: forecast.describe('Models of the load.').prefault({}),
  allocator: field
    .oneOf(['auto', 'greedy', 'dp'])
    .describe('How a budget is divided: dp is exact, greedy fast, auto takes dp while it is quick enough.')
    .prefault('auto'),
  budgets: z
    .record(field.givenName, budget)
    .describe('What the workloads of a pool may use together, by pool.')
    .prefault({}),
  decide: decide.describe('How fast and how far replicas change.').prefault({}),
  storage: storage.describe('Folders that must outlive a restart.').prefault({}),
  http: http.describe('The HTTP server.').prefault({}),
  log: log.describe('Log lines, on standard error.').prefault({}),
});

export type Config = z.output<typeof configSchema>;
