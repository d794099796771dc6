import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Case } from './cases/case.js'
import type { Client } from './clients/client.js'
import type { LiveOptions } from './live-court.js'
import { CLIENT_NAMES, casesContaining, clientsNamed } from './selection.js'

/** How `npm run contract:live` is called. */
export const USAGE = `Usage: DATABRICKS_TOKEN=... npm run contract:live -- --host https://... [options]

Plays the contract against a real workspace, in a scope of its own that it removes again. No other scope is touched.

  --host URL             the workspace
  --plan PLAN            premium (default) or standard: what is expected of the workspace
  --azure                the workspace is on Azure (default: if its address says so)
  --scope NAME           the scope to create; must not exist (default secrets-sync-contract- and a random number)
  --schema CATALOG.SCHEMA  a Unity Catalog schema that the token's owner owns: secrets are created there whose names begin
                         with that of the scope, and removed again (default: those cases are not run)
  --clients a,b          only these of: ${CLIENT_NAMES}
  --cases TEXT           only cases whose title contains this
  --principal NAME       somebody whom ACLs of the scope may name; may be repeated (default users)
  --other-principal NAME whose token is in DATABRICKS_OTHER_TOKEN: somebody who is no workspace admin
  --transcript FILE      where to write each exchange, without values (default below .cache/)
  --help                 print this and end
`

/** All arguments of a run. */
export interface LiveArguments extends LiveOptions {
  readonly clients: readonly Client[]
  readonly cases: readonly Case[]
  /** The file's absolute path. */
  readonly transcript: string
}

/**
 * Reads the command line and the environment; undefined if it asks for help.
 *
 * @throws Error that says what is wrong with them, and holds no token
 */
export function readArguments(args: string[], env: NodeJS.ProcessEnv): LiveArguments | undefined {
  const { values } = parseArgs({
    args,
    options: {
      host: { type: 'string' },
      plan: { type: 'string', default: 'premium' },
      azure: { type: 'boolean', default: false },
      scope: { type: 'string' },
      schema: { type: 'string' },
      clients: { type: 'string' },
      cases: { type: 'string', default: '' },
      principal: { type: 'string', multiple: true, default: ['users'] },
      'other-principal': { type: 'string' },
      transcript: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const { plan } = values
  if (plan !== 'premium' && plan !== 'standard') throw new Error(`--plan is premium or standard, not ${plan}`)
  const scope = scopeName(values.scope ?? `secrets-sync-contract-${randomBytes(4).toString('hex')}`)
  const host = origin(values.host)
  return {
    plan,
    scope,
    schema: schemaName(values.schema),
    host,
    onAzure: values.azure || isOnAzure(host),
    token: tokenIn(env, 'DATABRICKS_TOKEN'),
    other: otherPerson(values['other-principal'], env),
    principals: values.principal,
    clients: clientsNamed(values.clients),
    cases: casesContaining(values.cases),
    transcript: path.resolve(values.transcript ?? path.join('.cache', `transcript-${scope}.jsonl`)),
  }
}

function origin(host: string | undefined): string {
  if (host === undefined) throw new Error('--host is missing: the address of the workspace, https://...')
  const url = URL.canParse(host) ? new URL(host) : undefined
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '')
  if (url === undefined || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))) {
    throw new Error('--host has to start with https://, or the token would travel in the clear')
  }
  if (url.href !== `${url.origin}/`) {
    throw new Error(`--host is more than the address of a workspace, which would be ${url.origin}`)
  }
  return url.origin
}

/** The documented domains of workspaces on Azure: the public cloud, China and the US government. */
function isOnAzure(host: string): boolean {
  return /\.(azuredatabricks\.net|databricks\.azure\.(cn|us))$/.test(new URL(host).hostname)
}

/** Short enough that a name which begins with it can be one as well. */
function scopeName(name: string): string {
  if (!/^[A-Za-z0-9_.@-]{8,100}$/.test(name)) {
    throw new Error('--scope has 8 to 100 of these characters: letters, digits, - _ . @')
  }
  return name
}

function schemaName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const plain = name.replaceAll('`', '')
  if (!/^[^./\s]+\.[^./\s]+$/.test(plain)) throw new Error('--schema is named CATALOG.SCHEMA')
  return plain
}

function tokenIn(env: NodeJS.ProcessEnv, name: string): string {
  const token = env[name] ?? ''
  if (token === '') throw new Error(`${name} is not set: the token comes from the environment alone.`)
  // What is no header would be refused by an error that quotes it.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error(`${name} holds what no token does: a blank, say.`)
  return token
}

function otherPerson(principal: string | undefined, env: NodeJS.ProcessEnv): LiveOptions['other'] {
  if (principal === undefined) return undefined
  return { principal, token: tokenIn(env, 'DATABRICKS_OTHER_TOKEN') }
}
