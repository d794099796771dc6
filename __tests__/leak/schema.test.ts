import { beforeAll, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { apiError, html, json, redirect, text, type Reply } from '../../emulator/reply.js'
import type { RequestRecord } from '../../emulator/request-log.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { ADA, ADAS_GRANTS, callsOf, startWith } from '../e2e/schema/schema-step.js'
import { everythingSaid, HURRIED, syncTo } from '../e2e/sync-step.js'
import type { StepResult } from '../runner/step.js'
import { asRead } from './leak-search.js'

/** How an answer can show the value that it is about, or that the schema holds. */
type Echo = readonly [how: string, answer: (value: string) => Reply]

const REFUSAL: Echo = [
  'in base64',
  (value) => apiError(403, 'PERMISSION_DENIED', Buffer.from(value).toString('base64')),
]

const ERRORS: readonly Echo[] = [
  ['in a message', (value) => apiError(400, 'INVALID_PARAMETER_VALUE', `Cannot take ${value}`)],
  ['as its code', (value) => apiError(400, value.toUpperCase(), 'No.')],
  ['behind a known code', (value) => text(400, `RESOURCE_DOES_NOT_EXIST: ${value}`)],
  ['as an existing secret', (value) => apiError(409, 'RESOURCE_ALREADY_EXISTS', value)],
  ['as an external manager', (value) => apiError(409, 'INVALID_STATE', `AWS_SECRETS_MANAGER ${value}`)],
  ['in hex in a page', (value) => html(403, `<pre>${Buffer.from(value).toString('hex')}</pre>`)],
  ['in a redirect', (value) => redirect(`https://evil.example/?${value}`)],
  ['as a cut value', (value) => text(200, `{"effective_value":"${value}`)],
  ['as the id of the request', (value) => apiError(400, 'BAD_REQUEST', 'No.', { 'x-request-id': value })],
]

const OBJECTS: readonly Echo[] = [
  ['in other fields', (value) => json(200, { name: value, owner: value, metastore_id: value })],
  ['as an array', (value) => json(200, { effective_value: [value] })],
]

/** A schema in a catalog of its own, to which a workspace answers in its own way: one run tries them all. */
interface Target {
  readonly how: string
  readonly answer: (value: string) => Reply
  /** The value that the run writes, or the beginning of those. */
  readonly ours: string
  /** The value that the schema holds. */
  readonly theirs: string
  readonly exact: boolean
}

function targetsOf(echoes: readonly Echo[], exact = false): Target[] {
  const made = (prefix: string): string => `${prefix}${randomBytes(12).toString('hex').toUpperCase()}`
  return echoes.map(([how, answer]) => ({ how, answer, ours: made('OURS'), theirs: made('THEIRS'), exact }))
}

/** What a run has left, and to which targets it got the answers of {@link Target}. */
interface Shown {
  readonly step: StepResult
  readonly said: string
  readonly calls: readonly string[]
  readonly answered: ReadonlySet<Target | undefined>
}

/**
 * Runs the action for all of these targets.
 *
 * @param names The secrets that it writes.
 * @param isAnswered Tells which requests have an answer that shows a value, and `shown` which one.
 */
async function runFor(
  targets: readonly Target[],
  names: readonly string[],
  isAnswered: (request: RequestRecord) => boolean,
  inputs: Record<string, string>,
  shown: 'ours' | 'theirs' = 'ours',
): Promise<Shown> {
  const workspace = await EmulatedWorkspace.start()
  const folder = await mkdtemp(path.join(tmpdir(), 'leak-'))
  const answered = new Set<Target | undefined>()
  try {
    for (const [index, { theirs }] of targets.entries()) {
      workspace.catalogs.createSchema(`catalog${index}.storage`, {
        owner: ADA,
        grants: { ...ADAS_GRANTS, '[UC] Team = A': ['READ_SECRET'] },
        secrets: { old: theirs, gone: theirs, owned: { value: theirs, owner: 'grace@example.com' } },
      })
    }
    workspace.intercept((request) => {
      if (!isAnswered(request)) return undefined
      const [, index] = /\bcatalog(\d+)\b/.exec(`${request.path} ${request.rawBody.toString()}`) ?? []
      const target = targets[Number(index)]
      answered.add(target)
      return target?.answer(target[shown])
    })
    const lines = targets.map(({ exact }, index) => {
      const secrets = names.map((name) => `${name}: ${name.toUpperCase()}${index}`).join(', ')
      return `  catalog${index}.storage: { secrets: { ${secrets} }, permissions-exact: ${String(exact)} }\n`
    })
    await writeFile(path.join(folder, 'secrets.yml'), `version: 1\nschemas:\n${lines.join('')}`)
    const values = targets.flatMap(({ ours }, index) =>
      names.map((name, at) => [`${name.toUpperCase()}${index}`, `${ours}${'x'.repeat(at)}`]),
    )
    const step = await syncTo(
      workspace,
      { scope: '', config: 'secrets.yml', secrets: JSON.stringify(Object.fromEntries(values)), ...inputs },
      // A change of permissions that is not listed is repeated after a second.
      { ...HURRIED, allowStderr: true, workspace: folder },
    )
    return {
      step,
      said: `${everythingSaid(step)}\n${asRead(step.summary)}`,
      calls: callsOf(workspace),
      answered,
    }
  } finally {
    await workspace.close()
    await rm(folder, { recursive: true })
  }
}

/** Expects that a run does not show a value (case-insensitive). */
function expectUnsaid(said: string, value: string): void {
  for (const form of [value, value.toLowerCase()])
    for (const encoding of ['utf8', 'base64', 'hex'] as const)
      expect(said).not.toContain(Buffer.from(form).toString(encoding))
}

/** The calls that may answer with a value. */
const CALLS: readonly (readonly string[])[] = [['GET'], ['POST', 'PATCH'], ['DELETE']]

describe.each(CALLS.map((methods) => ({ methods })))(
  'a workspace that answers to $methods',
  ({ methods }) => {
    const targets = targetsOf([...ERRORS, REFUSAL, ...OBJECTS])
    let shown: Shown

    beforeAll(async () => {
      shown = await runFor(
        targets,
        // The last one cannot be written, and then nothing is deleted.
        ['old', 'new', 'owned'].slice(0, methods.includes('DELETE') ? 2 : 3),
        ({ method, path: asked }) =>
          methods.includes(method) &&
          (method === 'POST' ? asked.endsWith('/secrets') : asked.includes('/secrets/catalog')),
        { 'if-exists': 'compare', verify: 'true', prune: 'true' },
        // The run knows its own values. Of others, only a read of a value may have one.
        methods.includes('GET') ? 'theirs' : 'ours',
      )
    })

    test.each(targets)('with a value $how is not quoted', (target) => {
      expect(shown.answered).toContain(target)
      expectUnsaid(shown.said, target.ours)
      expectUnsaid(shown.said, target.theirs)
    })
  },
)

/** How grants can show a value: a group may have any name. */
const IN_GRANTS: readonly Echo[] = [
  ['as a principal', (value) => assignments(value, 'READ_SECRET')],
  ['in a principal with MANAGE', (value) => assignments(`team ${value}`, 'MANAGE')],
  ['in a principal in capitals', (value) => assignments(value.toUpperCase(), 'WRITE_SECRET')],
  ['in a principal in base64', (value) => assignments(Buffer.from(value).toString('base64'), 'READ_SECRET')],
  ['as a privilege', (value) => assignments('[UC] Team = A', value)],
]
const ENDLESS: Echo = ['as the token of a page', (value) => json(200, { next_page_token: value })]

function assignments(principal: string, privilege: string): Reply {
  return json(200, { privilege_assignments: [{ principal, privileges: [privilege] }] })
}

/** Grants that no run goes on with, others, and what only a dry run goes on with: one that stops would hide the rest. */
const [UNUSABLE, USABLE, ALL] = [
  [...ERRORS, ENDLESS],
  [...OBJECTS, ...IN_GRANTS],
  [...ERRORS, REFUSAL, ...OBJECTS, ...IN_GRANTS, ENDLESS],
]

describe.each([
  { method: 'GET', type: 'schema', dryRun: true, goesOn: false, echoes: UNUSABLE },
  { method: 'GET', type: 'schema', dryRun: true, goesOn: true, echoes: [...USABLE, REFUSAL] },
  { method: 'GET', type: 'schema', dryRun: false, goesOn: false, echoes: [...UNUSABLE, REFUSAL] },
  { method: 'GET', type: 'schema', dryRun: false, goesOn: true, echoes: USABLE },
  { method: 'GET', type: 'catalog', dryRun: true, goesOn: true, echoes: ALL },
  { method: 'GET', type: 'catalog', dryRun: false, goesOn: true, echoes: ALL },
  // A dry run changes no grants.
  { method: 'PATCH', type: 'schema', dryRun: false, goesOn: true, echoes: ALL },
])(
  'a workspace that answers to $method of the grants on a $type, dry-run: $dryRun,',
  ({ method, type, dryRun, goesOn, echoes }) => {
    const targets = [...targetsOf(echoes), ...(type === 'schema' ? targetsOf(echoes, true) : [])]
    let shown: Shown

    beforeAll(async () => {
      shown = await runFor(
        targets,
        ['new'],
        (request) => request.method === method && request.path.includes(`/permissions/${type}/`),
        { permissions: 'auditors=READ SECRET\nno-such-team=READ SECRET', 'dry-run': String(dryRun) },
      )
    })

    test.each(targets)('with a value $how, permissions-exact: $exact, is not quoted', (target) => {
      expect(shown.answered).toContain(target)
      expectUnsaid(shown.said, target.ours)
    })

    test('goes on, or stops before it writes', () => {
      expect(shown.step.exitCode).toBe(dryRun && goesOn ? 0 : 1)
      expect(shown.calls.filter((call) => call.includes('POST'))).toEqual(
        goesOn && !dryRun ? [`${targets.length} POST secrets`] : [],
      )
    })
  },
)

// Anybody can choose the name of a group, and so of an owner.
test('names of owners and ids that contain a value are redacted', async () => {
  const value = `fake${randomBytes(12).toString('hex')}`
  const workspace = await startWith(
    { owner: ADA, secrets: { old: { value: 'fake', owner: value } } },
    { principals: [value] },
  )
  try {
    workspace.intercept(({ path }, perform) => {
      if (!path.includes('/schemas/')) return undefined
      const reply = perform()
      return json(200, { ...(JSON.parse(String(reply.body)) as object), metastore_id: value })
    })
    const inputs = { scope: '', schema: 'main.storage', secrets: `blob=${value}`, prune: 'true', owner: ADA }
    const step = await syncTo(workspace, inputs)
    expect(step.log).toContain('prune left alone keys that another principal owns: old')
    expect(everythingSaid(step)).not.toContain(value)
  } finally {
    await workspace.close()
  }
})
