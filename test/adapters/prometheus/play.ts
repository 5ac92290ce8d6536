/** A load source whose server answers what a test says; begun anew by each test. */
import assert from 'node:assert/strict';
import { createLoadSource, type PrometheusSource } from '../../../src/adapters/prometheus/load-source.ts';
import type { LoadAnswer } from '../../../src/domain/ports.ts';
import type { PrometheusSettings } from '../../../src/domain/settings.ts';
import { type Answer, type FaultServer, faultServer } from './fault-server.ts';
import { deployment, range, settings, template } from './settings.ts';

export interface Play {
  readonly server: () => FaultServer;
  readonly source: () => PrometheusSource;
  /** @param address - from that of the server to the one that the settings have */
  readonly start: (
    answers: readonly Answer[],
    more?: Partial<PrometheusSettings>,
    address?: (url: string) => string,
  ) => Promise<void>;
  /** Asks for the load of one workload. */
  readonly read: (signal?: AbortSignal) => Promise<LoadAnswer>;
  /** Starts and asks once. */
  readonly readFrom: (answers: readonly Answer[], more?: Partial<PrometheusSettings>) => Promise<LoadAnswer>;
  /** @param queries - that the answer counts and the server saw */
  readonly assertFailed: (answer: LoadAnswer, message: RegExp, queries: number) => void;
  readonly end: () => Promise<void>;
}

export function createPlay(): Play {
  let server: FaultServer;
  let source: PrometheusSource;
  const start: Play['start'] = async (answers, more = {}, address = (url) => url) => {
    server = await faultServer(answers);
    source = createLoadSource(settings(address(server.url), more));
  };
  const read: Play['read'] = (signal) => source.read(template, [deployment('checkout')], range, signal);
  return {
    server: () => server,
    source: () => source,
    start,
    read,
    readFrom: async (answers, more) => {
      await start(answers, more);
      return read();
    },
    assertFailed: (answer, message, queries) => {
      assert.equal(answer.kind, 'failed');
      assert.match(answer.kind === 'failed' ? answer.message : '', message);
      assert.equal(answer.queries, queries);
      assert.equal(server.asked.length, queries);
    },
    end: async () => {
      source.close();
      await server.close();
    },
  };
}
