// Writes databricks-secrets.schema.json, the JSON Schema of the config file. A test says if it is out of date.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { format, resolveConfig } from 'prettier'

import { configSchema } from './config-schema.js'

const file = path.resolve(import.meta.dirname, '..', 'databricks-secrets.schema.json')
const text = JSON.stringify(configSchema(), undefined, 2)
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }))
