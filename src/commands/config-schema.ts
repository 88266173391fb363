/** `npm run config-schema`: prints the JSON Schema of the configuration file. */
import { configurationJsonSchema } from '../config/accounts.ts';

process.stdout.write(`${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
