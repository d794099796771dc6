import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isolatedEnv } from '../scripts/environment.js'
import { actionCommand, workspaceFolder } from './action-command.js'
import type { Command, Job } from './job.js'
import type { Rivals } from './rivals.js'
import { scopeNames } from './workspace-process.js'

/** A program that is measured. */
export interface Contender {
  /** Its name in the tables. */
  readonly name: string
  /** How many requests it makes for so many secrets, where that is known: a run with another number does not count. */
  readonly requests?: (secrets: number) => number
  /** True for a run that ends with an error, with some secrets not written. */
  readonly fails?: boolean
  /** Makes its files ready, which takes none of its time. */
  readonly prepare: (job: Job) => Promise<Command>
}

const PROGRAMS = path.resolve(import.meta.dirname, 'programs')

/** The token of Ada, who is not an admin. */
const TOKEN = 'fake-token-of-ada'

/** Bytes of a made-up value; in base64 they are 48 characters, of which some have to be escaped in some encodings. */
const VALUE_BYTES = 36

/** A map of so many secrets with random values. */
export function madeUpSecrets(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `service-${String(n).padStart(4, '0')}-key`,
      randomBytes(VALUE_BYTES).toString('base64'),
    ]),
  )
}

/** Node that does nothing: the floor under all that runs on it. */
export const NODE_ALONE: Contender = {
  name: '`node -e 0`',
  requests: () => 0,
  prepare: ({ node, folder }) =>
    Promise.resolve({ program: node, args: ['-e', '0'], env: isolatedEnv(folder) }),
}

/** The same requests as the action makes, and nothing else. */
export const BARE: Contender = {
  name: 'bare script',
  requests: (secrets) => 2 + secrets,
  prepare: ({ node, folder, url, secrets }) =>
    Promise.resolve({
      program: node,
      args: [path.join(PROGRAMS, 'bare.mjs')],
      env: { ...workspaceEnv(folder, url), BENCH_SECRETS: JSON.stringify(secrets) },
    }),
}

/** The action, as it is when nothing is set. */
export const ACTION: Contender = {
  name: 'this action',
  requests: (secrets) => 2 + secrets,
  prepare: (job) => actionCommand(job, TOKEN, {}),
}

/** The action as fast as it can be. */
export const UNPACED_ACTION: Contender = {
  name: 'this action, no limit',
  requests: (secrets) => 2 + secrets,
  prepare: (job) => actionCommand(job, TOKEN, { 'requests-per-second': '0' }),
}

/** The limit of {@link STEADY_ACTION} and {@link SEARCHING_ACTION}, in requests a second. */
export const BENCH_RATE = 100

/** The action with a higher limit than the default. */
export const STEADY_ACTION: Contender = {
  name: `this action, ${BENCH_RATE} requests a second`,
  requests: (secrets) => 2 + secrets,
  prepare: (job) => actionCommand(job, TOKEN, { 'requests-per-second': String(BENCH_RATE) }),
}

/** The same, with a search for consumers. */
export const SEARCHING_ACTION: Contender = {
  name: `${STEADY_ACTION.name}, with \`consumers\``,
  prepare: (job) =>
    actionCommand(job, TOKEN, { 'requests-per-second': String(BENCH_RATE), consumers: 'true' }),
}

/** The schema of the benchmark. */
export const SCHEMA = 'main.storage'

/** The same requests as the action makes for a schema, and nothing else. */
export const BARE_SCHEMA: Contender = {
  name: 'bare script, for a schema',
  requests: (secrets) => 2 + secrets,
  prepare: async (job) => {
    const { env, ...command } = await BARE.prepare(job)
    return { ...command, env: { ...env, BENCH_SCHEMA: SCHEMA } }
  },
}

/** The action as fast as it can be, for a schema. */
export const SCHEMA_ACTION: Contender = {
  name: 'this action, no limit, for a schema',
  requests: (secrets) => 2 + secrets,
  prepare: (job) => actionCommand(job, TOKEN, { scope: '', schema: SCHEMA, 'requests-per-second': '0' }),
}

/**
 * The action as fast as it can be, with a config file that divides the secrets evenly among scopes: `storage` and, if there
 * are more, `storage-2` and so on.
 */
export function configAction(scopes: number): Contender {
  return {
    name: `this action, no limit, ${scopes} targets`,
    requests: (secrets) => 1 + scopes + secrets,
    prepare: async (job) => {
      const command = await actionCommand(job, TOKEN, {
        scope: '',
        config: CONFIG,
        'requests-per-second': '0',
      })
      await writeFile(
        path.join(workspaceFolder(job.folder), CONFIG),
        configText(Object.keys(job.secrets), scopes),
      )
      return command
    },
  }
}

const CONFIG = 'databricks-secrets.yml'

function configText(keys: readonly string[], scopes: number): string {
  const share = Math.ceil(keys.length / scopes)
  const targets = scopeNames(scopes).flatMap((scope, n) => [
    `  ${scope}:`,
    '    secrets:',
    ...keys.slice(n * share, (n + 1) * share).map((key) => `      ${key}: ${key}`),
  ])
  return ['version: 1', 'scopes:', ...targets, ''].join('\n')
}

/** A process for each secret, in a shell. */
export const CURL_LOOP: Contender = {
  name: 'loop of `curl`',
  requests: (secrets) => secrets,
  prepare: async ({ folder, url, secrets }) => ({
    program: 'bash',
    args: [path.join(PROGRAMS, 'curl-loop.sh'), await writeLines(folder, secrets)],
    env: workspaceEnv(folder, url),
  }),
}

/** The official clients that are there. */
export function rivalContenders({ databricksCli, python }: Rivals): Contender[] {
  return [
    ...(databricksCli === undefined
      ? []
      : [
          {
            name: 'loop of `databricks secrets`',
            prepare: async ({ folder, url, secrets }: Job) => ({
              program: 'bash',
              args: [
                path.join(PROGRAMS, 'cli-loop.sh'),
                await writeLines(folder, secrets),
                databricksCli.program,
              ],
              env: isolatedEnv(folder, { DATABRICKS_HOST: url, DATABRICKS_TOKEN: TOKEN }),
            }),
          },
        ]),
    ...(python === undefined
      ? []
      : [
          {
            name: 'Python SDK',
            prepare: async ({ folder, url, secrets }: Job) => ({
              program: python.program,
              args: [path.join(PROGRAMS, 'python_sdk.py'), await writeLines(folder, secrets)],
              env: workspaceEnv(folder, url),
            }),
          },
        ]),
  ]
}

function workspaceEnv(home: string, url: string): NodeJS.ProcessEnv {
  return isolatedEnv(home, { BENCH_HOST: url, BENCH_TOKEN: TOKEN })
}

async function writeLines(folder: string, secrets: Job['secrets']): Promise<string> {
  const file = path.join(folder, 'secrets')
  const lines = Object.entries(secrets).map(([key, value]) => `${key} ${value}\n`)
  await writeFile(file, lines.join(''), { mode: 0o600 })
  return file
}
