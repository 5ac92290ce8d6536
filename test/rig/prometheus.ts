/**
 * A real Prometheus on loopback, optionally with a history that promtool has written for it.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, runProgram, type Server, startServer, temporaryFolder, waitUntil } from './process.ts';
import type { Binaries } from './programs.ts';

export interface PrometheusConfig {
  /** entries of `scrape_configs`, as plain data */
  readonly scrapeConfigs?: readonly unknown[];
  /** paths of rule files */
  readonly ruleFiles?: readonly string[];
  /** other top-level parts of prometheus.yml, e.g. `global` */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface PrometheusOptions extends PrometheusConfig {
  /** history to start with, in the OpenMetrics text format (timestamps in seconds, `# EOF` at the end) */
  readonly openMetrics?: string | { readonly file: string };
  /** added last, so they win over the rig's own */
  readonly flags?: readonly string[];
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusServer {
  readonly url: string;
  /** an instant query; `time` in unix seconds, now if it is left out */
  readonly query: (promql: string, time?: number) => Promise<readonly Sample[]>;
  /** replaces the configuration and waits until it is in force */
  readonly reload: (config?: PrometheusConfig) => Promise<void>;
  /** SIGSTOP: connections are accepted and never answered */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly halt: () => Promise<void>;
  /** again after `halt`, at the same address and with the same data */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startPrometheus(bin: Binaries, options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const folder = temporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  try {
    writeConfig(folder.path, options);
    await backfill(bin, folder.path, options.openMetrics);
    const start = () => startProgram(bin, folder.path, port, options.flags ?? []);
    return prometheusServer(url, await start(), start, folder);
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/** JSON is YAML, so plain data needs no YAML writer. */
function writeConfig(folder: string, { scrapeConfigs = [], ruleFiles = [], more = {} }: PrometheusConfig): void {
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    ...more,
    scrape_configs: scrapeConfigs,
    rule_files: ruleFiles,
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
}

async function backfill(bin: Binaries, folder: string, openMetrics: PrometheusOptions['openMetrics']): Promise<void> {
  const data = join(folder, 'data');
  mkdirSync(data);
  if (openMetrics === undefined) return;
  const file = typeof openMetrics === 'string' ? join(folder, 'history.om') : openMetrics.file;
  if (typeof openMetrics === 'string') writeFileSync(file, openMetrics);
  // Blocks of a week: a fortnight becomes a handful of them rather than 168.
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=168h', '--quiet', file, data];
  await runProgram(bin.promtool, args);
}

async function startProgram(bin: Binaries, folder: string, port: number, flags: readonly string[]): Promise<Server> {
  const server = startServer({
    name: 'prometheus',
    program: bin.prometheus,
    logFile: join(folder, 'prometheus.log'),
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=60d',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--web.enable-lifecycle',
      '--scrape.discovery-reload-interval=100ms', // else a new target waits up to 5 s
      '--log.level=warn',
      ...flags,
    ],
  });
  const isReady = async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok;
  try {
    await waitUntil('prometheus is ready', isReady, { server });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function prometheusServer(
  url: string,
  started: Server,
  start: () => Promise<Server>,
  folder: { readonly path: string; readonly remove: () => void },
): PrometheusServer {
  let server = started;
  return {
    url,
    query: (promql, time) => query(url, promql, time),
    reload: async (config) => {
      if (config) writeConfig(folder.path, config);
      const answer = await fetch(`${url}/-/reload`, { method: 'POST' });
      if (!answer.ok) throw new Error(`prometheus does not reload: ${await answer.text()}`);
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    halt: () => server.stop(5_000),
    restart: async () => {
      server = await start();
    },
    stop: async () => {
      await server.stop();
      folder.remove();
    },
  };
}

interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

async function query(url: string, promql: string, time?: number): Promise<readonly Sample[]> {
  const parameters = new URLSearchParams({ query: promql });
  if (time !== undefined) parameters.set('time', String(time));
  const response = await fetch(`${url}/api/v1/query?${parameters}`);
  const answer = (await response.json()) as QueryAnswer;
  if (!answer.data) throw new Error(`${promql}: ${answer.error ?? response.status}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}
