/**
 * Shows the main job to a user. A map of difficult secrets is written to a scope of a workspace on the Standard plan, and
 * again after some are rotated. Then the digests of the values that a notebook would read are compared with the input. The end is
 * one step that writes to two scopes and a schema, from one file.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { runStep, type StepResult } from '../__tests__/runner/step.js'
import { EmulatedWorkspace } from '../emulator/workspace.js'
import { makeAwkwardMap, type AwkwardMap } from './awkward-map.js'
import { heading, indented, print, printStep } from './terminal.js'

const SCOPE = 'storage'
const TOKEN = 'fake-token-of-ada'

/** The inputs, as in the workflow. The demo evaluates the expressions like GitHub. */
const INPUTS: Readonly<Record<string, string>> = {
  host: '${{ vars.DATABRICKS_HOST }}',
  token: '${{ secrets.DATABRICKS_TOKEN }}',
  scope: SCOPE,
  secrets: [
    'tls-key:=${{ toJSON(secrets.TLS_KEY) }}',
    'service-account:=${{ toJSON(secrets.SERVICE_ACCOUNT) }}',
    'crlf-token:=${{ toJSON(secrets.CRLF_TOKEN) }}',
    'looks-like-a-command=${{ secrets.LOOKS_LIKE_A_COMMAND }}',
  ].join('\n'),
  'secret-envs': 'db-password=DB_PASSWORD',
  'secret-files': 'keystore=build/keystore.p12',
}
/** The config file of the last step: names, and no values. */
const CONFIG = `version: 1
scopes:
  web:
    secrets:
      tls-key: TLS_KEY
      token: CRLF_TOKEN
    permissions:
      data-team: READ
  jobs:
    secrets:
      service-account: SERVICE_ACCOUNT
    envs:
      db-password: DB_PASSWORD
schemas:
  main.storage:
    secrets:
      db_password:
        from: DB_PASSWORD
        comment: Warehouse of the web shop
        permissions:
          auditors: READ SECRET
`

/** The inputs of this step. */
const CONFIG_INPUTS: Readonly<Record<string, string>> = {
  host: '${{ vars.DATABRICKS_HOST }}',
  token: '${{ secrets.DATABRICKS_TOKEN }}',
  config: '.github/databricks-secrets.yml',
  secrets: '${{ toJSON(secrets) }}',
}
const ENV: Readonly<Record<string, string>> = { DB_PASSWORD: '${{ secrets.DB_PASSWORD }}' }

/** The step in a workflow. */
function workflow(given: Readonly<Record<string, string>>): string {
  const block = (inputs: Readonly<Record<string, string>>): string =>
    Object.entries(inputs)
      .map(([name, value]) => {
        return value.includes('\n') || name.startsWith('secret-')
          ? `    ${name}: |\n${indented(value, '      ')}`
          : `    ${name}: ${value}`
      })
      .join('\n')
  return `- uses: owner/databricks-secrets-sync@v1\n  with:\n${block(given)}\n  env:\n${block(ENV)}`
}

/** Evaluates `${{ … }}` like GitHub before it starts a step. */
function substitute(
  texts: Readonly<Record<string, string>>,
  host: string,
  map: AwkwardMap,
): Record<string, string> {
  const known: Record<string, string> = { ...map.secrets, DATABRICKS_TOKEN: TOKEN, DATABRICKS_HOST: host }
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text
        .replaceAll(/\$\{\{ toJSON\(secrets\.(\w+)\) \}\}/g, (_, secret: string) =>
          JSON.stringify(known[secret]),
        )
        .replaceAll('${{ toJSON(secrets) }}', JSON.stringify(map.secrets, null, 2))
        .replaceAll(/\$\{\{ \w+\.(\w+) \}\}/g, (_, secret: string) => known[secret] ?? ''),
    ]),
  )
}

/** Runs the step and shows its log and summary. Returns true if it succeeded and leaked no value. */
async function sync(
  url: string,
  map: AwkwardMap,
  more: Readonly<Record<string, string>> = {},
  given = INPUTS,
): Promise<boolean> {
  const workspace = await mkdtemp(path.join(tmpdir(), 'demo-'))
  try {
    await mkdir(path.join(workspace, 'build'))
    await writeFile(path.join(workspace, 'build/keystore.p12'), map.keystore)
    await mkdir(path.join(workspace, '.github'))
    await writeFile(path.join(workspace, '.github/databricks-secrets.yml'), CONFIG)
    const step = await runStep({
      with: { ...substitute(given, url, map), ...more },
      env: substitute(ENV, url, map),
      secrets: { ...map.secrets, TOKEN },
      workspace,
    })
    printStep(step)
    return step.exitCode === 0 && !showsValue(step, map)
  } finally {
    await rm(workspace, { recursive: true })
  }
}

/** Searches everything that a user or a later step can read for the token and each line of each value. */
function showsValue({ log, summary, outputs, annotations }: StepResult, map: AwkwardMap): boolean {
  const messages = annotations.map(({ message }) => message)
  const readable = [log, summary, ...Object.values(outputs), ...messages].join('\n')
  const pieces = [...Object.values(map.secrets), TOKEN, map.keystore.toString('base64')]
    .flatMap((value) => value.split(/[\r\n]+/))
    .map((line) => line.trim())
    .filter((line) => line.length >= 4)
  return pieces.some((piece) => readable.includes(piece))
}

/** Returns the digests of the values that `dbutils.secrets.get` returns in a notebook, by key. */
async function storedDigests(url: string): Promise<Map<string, string>> {
  const call = async (name: string): Promise<unknown> => {
    const answer = await fetch(`${url}/api/2.0/secrets/${name}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    })
    return await answer.json()
  }
  const { secrets } = (await call(`list?scope=${SCOPE}`)) as { secrets: { key: string }[] }
  const digests = new Map<string, string>()
  for (const { key } of secrets) {
    const { value } = (await call(`get?scope=${SCOPE}&key=${key}`)) as { value: string }
    digests.set(key, digestOf(Buffer.from(value, 'base64')))
  }
  return digests
}

function digestOf(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16)
}

/** Returns the digests of the input, by key. */
function sentValues({ secrets, keystore }: AwkwardMap): [key: string, value: string | Buffer][] {
  const named = Object.entries(secrets).map(([name, value]): [string, string] => [
    name.toLowerCase().replaceAll('_', '-'),
    value,
  ])
  return [...named, ['keystore', keystore]]
}

/** Shows the digests of the input and of the stored values. Returns true if all are equal. */
function compare(map: AwkwardMap, stored: Map<string, string>, before: Map<string, string>): boolean {
  print(
    `  ${'key'.padEnd(22)}${'bytes'.padStart(6)}  ${'sent (sha-256)'.padEnd(18)}${'stored (sha-256)'.padEnd(18)}`,
  )
  const rows = sentValues(map).map(([key, value]) => {
    const [sent, found = '–'] = [digestOf(value), stored.get(key)]
    const change = before.size === 0 ? '' : found === before.get(key) ? ', as before' : ', changed'
    print(
      `  ${key.padEnd(22)}${String(Buffer.byteLength(value)).padStart(6)}  ${sent.padEnd(18)}${found.padEnd(18)}` +
        `${sent === found ? '✔ the same bytes' : '✘ DIFFERENT'}${change}`,
    )
    return sent === found
  })
  return rows.length === stored.size && rows.every(Boolean)
}

/** Writes to three targets from one file. Returns true if each has the values that the file names. */
async function syncTargets(map: AwkwardMap): Promise<boolean> {
  const premium = await EmulatedWorkspace.start()
  try {
    premium.catalogs.createSchema('main.storage', { owner: 'ada@example.com' })
    const done = await sync(premium.url, map, {}, CONFIG_INPUTS)
    heading('What the three targets now have')
    const { secrets } = map
    const stored = [
      ...['web', 'jobs'].flatMap((scope) =>
        premium.store
          .scope(scope)
          .secrets.map(({ key, value }) => [`${scope}/${key}`, digestOf(value)] as const),
      ),
      ...Object.entries(premium.catalogs.valuesIn('main.storage')).map(
        ([key, value]) => [`main.storage/${key}`, digestOf(value)] as const,
      ),
    ]
    const expected = new Map(
      Object.entries({
        'web/tls-key': 'TLS_KEY',
        'web/token': 'CRLF_TOKEN',
        'jobs/service-account': 'SERVICE_ACCOUNT',
        'jobs/db-password': 'DB_PASSWORD',
        'main.storage/db_password': 'DB_PASSWORD',
      }).map(([key, name]) => [key, digestOf(secrets[name] ?? '')]),
    )
    for (const [key, digest] of stored)
      print(
        `  ${key.padEnd(26)}${digest}  ${expected.get(key) === digest ? '✔ the same bytes' : '✘ DIFFERENT'}`,
      )
    return (
      done && stored.length === expected.size && stored.every(([key, digest]) => expected.get(key) === digest)
    )
  } finally {
    await premium.close()
  }
}

const workspace = await EmulatedWorkspace.start({ plan: 'standard' })
try {
  heading('The step of the workflow')
  print(indented(workflow(INPUTS), '  '))

  heading('First run: the workspace is on the Standard plan and has no such scope. The log:')
  const map = makeAwkwardMap()
  const firstDone = await sync(workspace.url, map)
  heading('What a notebook now reads')
  const first = await storedDigests(workspace.url)
  const firstSame = compare(map, first, new Map())

  const { secrets, keystore } = makeAwkwardMap()
  const rotated = { secrets: { ...map.secrets, DB_PASSWORD: secrets['DB_PASSWORD'] ?? '' }, keystore }
  heading(
    'The password and the keystore are rotated. A dry run with if-exists: compare reports what would be done:',
  )
  const planned = await sync(workspace.url, rotated, { 'if-exists': 'compare', 'dry-run': 'true' })
  const untouched = [...(await storedDigests(workspace.url))].every(
    ([key, digest]) => first.get(key) === digest,
  )

  heading('And the run itself, which writes only these keys:')
  const secondDone = await sync(workspace.url, rotated, { 'if-exists': 'compare' })
  heading('What a notebook now reads')
  const secondSame = compare(rotated, await storedDigests(workspace.url), first)

  heading(
    'One file for several targets: two scopes and a schema, in a workspace on the Premium plan. The step:',
  )
  print(indented(workflow(CONFIG_INPUTS), '  '))
  heading('The file .github/databricks-secrets.yml, which a pull request can review:')
  print(indented(CONFIG.trimEnd(), '  '))
  heading('The run. The log:')
  const targetsDone = await syncTargets(rotated)

  const done = firstDone && firstSame && planned && untouched && secondDone && secondSame && targetsDone
  print(
    done
      ? '\n✔ Every byte arrived, a dry run wrote nothing, and no value was shown.'
      : '\n✘ A step failed, a dry run wrote something, a value was shown or a byte differs: see above.',
  )
  process.exitCode = done ? 0 : 1
} finally {
  await workspace.close()
}
