import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { CatalogRules } from './catalog-call.js'
import type { ConsumersOptions } from './consumers/consumers.js'
import { parseConsumersOptions } from './consumers/parse-options.js'
import type { Plan } from './secrets-api.js'

/** A cluster and a job that refer to secrets, and apps that the workspace does not have. */
const CONSUMERS_SAMPLE = `{
  "content": {
    "clusters": [
      { "cluster_id": "c-1", "spark_conf": { "key": "{{secrets/storage/blob}}" }, "visibleTo": ["data-team"] }
    ],
    "jobs": [
      {
        "job_id": 7,
        "settings": {
          "name": "load",
          "job_clusters": [
            { "job_cluster_key": "main", "new_cluster": { "spark_env_vars": { "KEY": "{{secrets/storage/blob}}" } } }
          ]
        },
        "visibleTo": ["users"]
      }
    ]
  },
  "unavailable": { "apps": "disabled" }
}`

/** How `npm run emulator` is called. */
export const USAGE = `Usage: npm run emulator -- [options]

A Databricks workspace on 127.0.0.1, for trying things out. It keeps secrets in memory until it ends.

  --port N                  the port to listen on; 0 takes any free one (default 8080)
  --plan premium|standard   the pricing plan (default premium)
  --key-vault-scope NAME    have a scope that Azure Key Vault backs; may be repeated
  --schema CATALOG.SCHEMA   have a Unity Catalog schema that ada owns, and everybody may create secrets in; may be repeated
  --external-schema CATALOG.SCHEMA  the same, backed by Azure Key Vault, and so read-only; may be repeated
  --unity-catalog STATE     on, secrets-off or none: what the workspace has of it (default on)
  --consumers FILE          have the clusters, jobs and others that a JSON file describes, see below
  --latency-ms N            let each answer take so long (default 0)
  --throttle N              refuse more than N requests a second, after a burst of N, with a status 429; 0 is no limit (default 0)
  --max-in-flight N         refuse more than N requests at once, with a status 429; 0 is no limit (default 0)
  --transcript FILE         write each exchange to FILE as a line of JSON, without values; see emulator/transcript.ts
  --help                    print this and end

A FILE of --consumers, whose elements have the fields of the API of Databricks. visibleTo names users and groups; the admin root
sees everything.

${CONSUMERS_SAMPLE}
`

/** All arguments of `npm run emulator`. */
export interface Arguments {
  readonly port: number
  readonly plan: Plan
  readonly keyVaultScopes: readonly string[]
  readonly schemas: readonly string[]
  readonly externalSchemas: readonly string[]
  readonly unityCatalog: NonNullable<CatalogRules['feature']>
  readonly consumers: ConsumersOptions
  readonly latencyMs: number
  /** Requests a second; 0 for no limit. */
  readonly throttle: number
  /** 0 for no limit. */
  readonly maxInFlight: number
  /** The file's path; undefined for none. */
  readonly transcript: string | undefined
}

/**
 * Reads the command line; undefined if it asks for help.
 *
 * @throws {Error} that says what is wrong with it.
 */
export function readArguments(args: string[]): Arguments | undefined {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '8080' },
      plan: { type: 'string', default: 'premium' },
      'key-vault-scope': { type: 'string', multiple: true, default: [] },
      schema: { type: 'string', multiple: true, default: [] },
      'external-schema': { type: 'string', multiple: true, default: [] },
      'unity-catalog': { type: 'string', default: 'on' },
      consumers: { type: 'string' },
      'latency-ms': { type: 'string', default: '0' },
      throttle: { type: 'string', default: '0' },
      'max-in-flight': { type: 'string', default: '0' },
      transcript: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const { plan } = values
  if (plan !== 'premium' && plan !== 'standard') throw new Error(`--plan is premium or standard, not ${plan}`)
  const unityCatalog = CATALOG_STATES.get(values['unity-catalog'])
  if (unityCatalog === undefined) {
    throw new Error(`--unity-catalog is on, secrets-off or none, not ${values['unity-catalog']}`)
  }
  return {
    plan,
    unityCatalog,
    schemas: values.schema.map((name) => schemaName('--schema', name)),
    externalSchemas: values['external-schema'].map((name) => schemaName('--external-schema', name)),
    port: wholeNumber('--port', values.port, 65_535),
    consumers: values.consumers === undefined ? {} : consumersOf(values.consumers),
    latencyMs: wholeNumber('--latency-ms', values['latency-ms'], 60_000),
    throttle: wholeNumber('--throttle', values.throttle, 100_000),
    maxInFlight: wholeNumber('--max-in-flight', values['max-in-flight'], 100_000),
    keyVaultScopes: values['key-vault-scope'],
    transcript: values.transcript,
  }
}

function consumersOf(file: string): ConsumersOptions {
  try {
    return parseConsumersOptions(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`--consumers ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

const CATALOG_STATES = new Map<string, Arguments['unityCatalog']>([
  ['on', 'on'],
  ['secrets-off', 'secrets off'],
  ['none', 'none'],
])

function schemaName(option: string, text: string): string {
  if (text.split('.').length !== 2) throw new Error(`${option} is named CATALOG.SCHEMA, not ${text}`)
  return text
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(number <= most)) throw new Error(`${option} is a whole number from 0 to ${most}, not ${text}`)
  return number
}
