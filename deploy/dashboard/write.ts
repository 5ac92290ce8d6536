/** node deploy/dashboard/write.ts: makes deploy/grafana/forescale.json from the panels in this folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboard } from './dashboard.ts';

const file = join(import.meta.dirname, '..', 'grafana', 'forescale.json');
writeFileSync(file, `${JSON.stringify(dashboard, null, 2)}\n`);
