import { z } from 'zod';
import { configSchema } from './schema.ts';

/**
 * config/schema.json: what editors need to complete and check the file as it is typed. It describes the input, so
 * durations are texts there; checks between settings are beyond it.
 */
export function jsonSchemaText(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  const titled = { $schema: schema.$schema, title: 'forescale configuration', ...schema };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
