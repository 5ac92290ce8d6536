/** The dashboard as a whole. deploy/grafana/forescale.json is made from it by write.ts. */
import { health } from './daemon.ts';
import { forecasting } from './forecasting.ts';
import { datasource, layOut } from './layout.ts';
import { overview } from './overview.ts';
import { costAndFloor, data, loadAndReplicas, models } from './workload.ts';

function choice(name: string, label: string, query: string): unknown {
  return {
    name,
    label,
    type: 'query',
    datasource,
    query: { qryType: 1, query, refId: name },
    definition: query,
    refresh: 2,
    sort: 1,
    multi: false,
    includeAll: false,
  };
}

export const dashboard = {
  uid: 'forescale',
  title: 'forescale',
  description: 'What was forecast, what came, what was decided and what it cost.',
  tags: ['autoscaling', 'kubernetes'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1,
  timezone: 'browser',
  time: { from: 'now-24h', to: 'now' },
  refresh: '1m',
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      choice('namespace', 'Namespace', 'label_values(forescale_replicas, namespace)'),
      choice('workload', 'Workload', 'label_values(forescale_replicas{namespace="$namespace"}, name)'),
    ],
  },
  annotations: { list: [] },
  panels: layOut([overview, loadAndReplicas, costAndFloor, forecasting, models, data, health]),
};
