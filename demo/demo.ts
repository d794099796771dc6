/**
 * Shows the main job to a user. A map of difficult secrets is written to a scope of a workspace on the Standard plan, and
 * again after some are rotated. Then the digests of the values that a notebook would read are compared with the input.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { colourLog } from '../__tests__/runner/colour.js'
import { runStep, type StepResult } from '../__tests__/runner/step.js'
import { EmulatedWorkspace } from '../emulator/workspace.js'
import { makeAwkwardMap, type AwkwardMap } from './awkward-map.js'

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
const ENV: Readonly<Record<string, string>> = { DB_PASSWORD: '${{ secrets.DB_PASSWORD }}' }

const terminal = process.stdout.isTTY

function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

function heading(text: string): void {
  print(terminal ? `\n\u001B[1;36m━━ ${text}\u001B[0m\n` : `\n━━ ${text}\n`)
}

function indented(text: string, margin: string): string {
  return text.replace(/^/gm, margin)
}

/** The step in a workflow. */
function workflow(): string {
  const block = (inputs: Readonly<Record<string, string>>): string =>
    Object.entries(inputs)
      .map(([name, value]) => {
        return value.includes('\n') || name.startsWith('secret-')
          ? `    ${name}: |\n${indented(value, '      ')}`
          : `    ${name}: ${value}`
      })
      .join('\n')
  return `- uses: owner/databricks-secrets-sync@v1\n  with:\n${block(INPUTS)}\n  env:\n${block(ENV)}`
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
        .replaceAll(/\$\{\{ \w+\.(\w+) \}\}/g, (_, secret: string) => known[secret] ?? ''),
    ]),
  )
}

/** Runs the step and shows its log and summary. Returns true if it succeeded and leaked no value. */
async function sync(
  url: string,
  map: AwkwardMap,
  more: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const workspace = await mkdtemp(path.join(tmpdir(), 'demo-'))
  try {
    await mkdir(path.join(workspace, 'build'))
    await writeFile(path.join(workspace, 'build/keystore.p12'), map.keystore)
    const step = await runStep({
      with: { ...substitute(INPUTS, url, map), ...more },
      env: substitute(ENV, url, map),
      secrets: { ...map.secrets, TOKEN },
      workspace,
    })
    print(indented(terminal ? colourLog(step.entries) : step.log, '  '))
    heading('The job summary, which the page of the run shows rendered:')
    print(indented(plainText(step.summaryShown), '  '))
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

/** Returns the Markdown of a summary without HTML, which a terminal cannot show. */
function plainText(markdown: string): string {
  return markdown
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\n{3,}/g, '\n\n')
    .trim()
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

const workspace = await EmulatedWorkspace.start({ plan: 'standard' })
try {
  heading('The step of the workflow')
  print(indented(workflow(), '  '))

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

  const done = firstDone && firstSame && planned && untouched && secondDone && secondSame
  print(
    done
      ? '\n✔ Every byte arrived, a dry run wrote nothing, and no value was shown.'
      : '\n✘ A step failed, a dry run wrote something, a value was shown or a byte differs: see above.',
  )
  process.exitCode = done ? 0 : 1
} finally {
  await workspace.close()
}
