/** Writes config/schema.json (`npm run schema`); a test fails while it is out of date. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText } from './json-schema.ts';

const file = join(import.meta.dirname, '..', '..', 'config', 'schema.json');
writeFileSync(file, jsonSchemaText());
