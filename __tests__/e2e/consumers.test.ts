import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { afterEach, describe, expect, test } from '@jest/globals'

import type { ConsumersContent } from '../../emulator/consumers/content.js'
import type { ConsumersOptions } from '../../emulator/consumers/consumers.js'
import { FaultScript } from '../../emulator/fault-script.js'
import { neverAnswer } from '../../emulator/faults.js'
import { before } from '../../emulator/interceptors.js'
import { refusal } from '../../emulator/refusals.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { ONE_OF_EACH } from '../emulator/consumers-reading.js'
import type { Step, StepResult } from '../runner/step.js'
import { folder } from './folder-of-test.js'
import { callsOf, everythingSaid, NO_OUTPUTS, stored, syncTo } from './sync-step.js'

let workspace: EmulatedWorkspace

afterEach(async () => {
  await workspace.close()
})

/** An admin, who sees everything. */
const ROOT = { token: 'fake-token-of-root' }

/** The path of the list of each kind, and what reports call several of the kind. */
const KINDS = [
  ['clusters', 'clusters/list', 'cluster', 'clusters'],
  ['jobs', 'jobs/list', 'job', 'jobs'],
  ['clusterPolicies', 'policies/clusters/list', 'cluster-policy', 'cluster policies'],
  ['pipelines', 'pipelines', 'pipeline', 'pipelines'],
  ['servingEndpoints', 'serving-endpoints', 'serving-endpoint', 'serving endpoints'],
  ['apps', 'apps', 'app', 'apps'],
  ['sqlWarehouses', 'sql/config/warehouses', 'sql-warehouses', 'configurations of SQL warehouses'],
] as const

async function start(
  content: ConsumersContent = ONE_OF_EACH,
  options: Omit<ConsumersOptions, 'content'> = {},
  secrets: Record<string, string> = { key: 'x' },
): Promise<void> {
  workspace = await EmulatedWorkspace.start({ consumers: { content, ...options } })
  workspace.store.createScope('storage', { secrets, acls: { 'ada@example.com': 'MANAGE' } })
}

/** Writes the secret `key`, as an admin, with the search. */
async function run(inputs: Record<string, string> = {}, step: Step = {}): Promise<StepResult> {
  return await syncTo(workspace, { secrets: 'key=fake-new', consumers: 'true', ...ROOT, ...inputs }, step)
}

interface Entry {
  readonly kind: string
  readonly id: string
  readonly keys: readonly string[]
  readonly missing?: readonly string[]
}

function found({ outputs }: StepResult): Entry[] {
  return JSON.parse(outputs['consumers'] ?? '') as Entry[]
}

const kindsOf = (step: StepResult): string[] => found(step).map(({ kind }) => kind)

function expectNoCheckout({ log, summary }: StepResult): void {
  for (const text of [log, summary]) {
    expect(text).toContain('Checkout: no file was found.')
    expect(text).toContain('To search it, use actions/checkout in a step before this one.')
  }
}

/** The requests that are not reads, without those for secrets. */
function otherWrites(): string[] {
  return workspace.requests.all
    .filter(({ method, path: asked }) => method !== 'GET' && !asked.startsWith('/api/2.0/secrets/'))
    .map(({ path: asked }) => asked)
}

/** A checkout with files. */
function checkout(files: Record<string, string>): Step {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
  return { workspace: folder }
}

const conf = (text: string) => ({ spark_conf: { 'spark.password': text } })
const cluster = (id: string, text: string, other: object = {}) => ({
  cluster_id: id,
  ...conf(text),
  visibleTo: ['users'],
  ...other,
})
const OLD = '{{secrets/storage/old}}'

describe('consumers', () => {
  test('of all kinds are found over pages of one item, and nothing is written but the secret', async () => {
    await start(ONE_OF_EACH, { pages: { size: 1 } })
    workspace.consumers.add({
      clusters: [cluster('c-2', '{{secrets/STORAGE/Key}}', { state: 'TERMINATED' })],
    })
    const step = await run({}, checkout({ 'jobs/load.py': '\ndbutils.secrets.get("storage", "key")\n' }))
    expect(step.exitCode).toBe(0)
    expect(step.outputs).toMatchObject({ changed: 'true', updated: '["key"]' })
    expect(found(step)).toEqual([
      { kind: 'cluster', id: 'c-1', keys: ['key'], state: 'running', action: 'restart' },
      { kind: 'serving-endpoint', id: 'chat', keys: ['key'], state: 'running', action: 'update' },
      { kind: 'app', id: 'dashboard', keys: ['key'], state: 'running', action: 'redeploy' },
      { kind: 'job', id: '11', keys: ['key'], state: 'unknown', action: 'next-run' },
      { kind: 'cluster-policy', id: 'p-1', keys: ['key'], state: 'unknown', action: 'none' },
      { kind: 'sql-warehouses', id: 'warehouses', keys: ['key'], state: 'unknown', action: 'restart' },
      { kind: 'repository', id: 'jobs/load.py', keys: ['key'], state: 'unknown', action: 'none' },
      { kind: 'cluster', id: 'c-2', keys: ['key'], state: 'stopped', action: 'none' },
      { kind: 'pipeline', id: 'pl-1', keys: ['key'], state: 'stopped', action: 'next-run' },
    ])
    expect(otherWrites()).toEqual([])
    expect(callsOf(workspace)).toContain('1 secrets/put')
    expect(step.log).toContain('file jobs/load.py: key (line 2). Takes the new value: next run of the code')
    expect(step.summary).toContain(`[\`c-1\`](${workspace.url}/compute/clusters/c-1)`)
    expect(step.summary).toContain(`[\`chat\`](${workspace.url}/ml/endpoints/chat)`)
    expect(step.summary).toContain(`[\`11\`](${workspace.url}/jobs/11)`)
    expect(step.summary).toContain('The search saw 2 clusters, 1 job, 1 cluster policy, 1 pipeline')
    expect(step.log).toContain('Not searched: one-time runs, code outside this checkout')
  })

  test('without the input, nothing but secrets is read, and prune deletes a key with a reference', async () => {
    await start({ ...ONE_OF_EACH, clusters: [cluster('c-1', OLD)] }, {}, { key: 'x', old: 'x' })
    const step = await run({ consumers: 'false', prune: 'true' })
    expect(step.outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', updated: '["key"]', deleted: '["old"]' })
    expect(callsOf(workspace)).toEqual([
      '1 secrets/delete',
      '1 secrets/list',
      '1 secrets/put',
      '1 secrets/scopes/list',
    ])
    expect(everythingSaid(step)).not.toContain('Consumers')
  })

  // Each run has a kind with each of four problems, and finds the other three: in seven runs, each kind has each problem.
  const rotations = KINDS.map(([, , , name], at) => ({
    name,
    kinds: [...KINDS.slice(at), ...KINDS.slice(0, at)],
  }))
  test.each(rotations)(
    'while reads of $name fail, and those of three other kinds are refused, the others are searched',
    async ({ kinds: [failing, denied, missing, disabled, ...others] }) => {
      if (!failing || !denied || !missing || !disabled) throw new Error('There are too few kinds.')
      const unavailable = {
        [denied[0]]: 'denied',
        [missing[0]]: 'missing',
        [disabled[0]]: 'disabled',
      } as const
      await start(ONE_OF_EACH, { unavailable }, { key: 'x', old: 'x' })
      const script = new FaultScript([{ call: failing[1], times: Infinity, fault: before(refusal(503)) }])
      workspace.intercept(script.play)
      const step = await run({ prune: 'true' })
      expect(step.exitCode).toBe(0)
      expect(kindsOf(step).sort()).toEqual(others.map(([, , output]) => output).sort())
      for (const text of [step.log, step.summary])
        expect(text).toContain(`Not checked (no permission): ${denied[3]}.`)
      const absent = KINDS.filter((kind) => kind === missing || kind === disabled).map(
        ([, , , label]) => label,
      )
      expect(step.log).toContain(`Does not exist in this workspace: ${absent.join(', ')}.`)
      // Nothing is deleted without a complete search.
      expect(step.outputs).toMatchObject({ kept: '["old"]', deleted: '[]', updated: '["key"]' })
      expect(stored(workspace)).toEqual({ key: 'fake-new', old: 'x' })
      expect(step.log).toContain(
        `Nothing was deleted, because the search for consumers failed: ${failing[3]} (status 503`,
      )
      expect(step.log).toContain('prune kept 1 key: old.')
      expect(step.summary).toContain('Nothing was deleted')
      expect(step.log).not.toContain('Deleting')
    },
  )

  test('a workspace without any of these calls has nothing to report', async () => {
    const unavailable = Object.fromEntries(KINDS.map(([kind]) => [kind, 'missing' as const]))
    await start({}, { unavailable }, { key: 'x', old: 'x' })
    const step = await run({ prune: 'true' })
    expect(step.exitCode).toBe(0)
    expect(step.outputs).toMatchObject({ consumers: '[]', deleted: '["old"]' })
    expect(step.log).toContain('Does not exist in this workspace: clusters, jobs, cluster policies')
    expect(step.log).toContain('The search saw nothing.')
  })

  // Lists answer 200 with what the caller may see.
  test('without admin rights the report begins with how little was seen', async () => {
    await start({ clusters: [{ cluster_id: 'hidden', ...conf('{{secrets/storage/key}}') }] })
    const step = await run({ token: 'fake-token-of-ada' })
    const start0 = 'Partial search: this identity is no workspace admin and saw 0 clusters, 0 jobs'
    expect(step.log).toContain(`Consumers       ${start0}`)
    expect(step.summary).toContain(`#### Consumers\n\n${start0}`)
    expect(step.log).toContain(
      'In what was searched, no reference to the keys that this run writes or deletes was found.',
    )
    expect(everythingSaid(step)).not.toMatch(/nobody|no consumers|not used/i)
    expectNoCheckout(step) // The folder of the job is empty.
  })

  test('a dry run searches too, and writes nothing', async () => {
    await start({ clusters: [cluster('c-1', OLD)] }, {}, { key: 'x', old: 'x', other: 'x' })
    const step = await run({ 'dry-run': 'true', prune: 'true' })
    expect(step.outputs).toMatchObject({ updated: '["key"]', kept: '["old"]', deleted: '["other"]' })
    expect(found(step)).toMatchObject([{ kind: 'cluster', id: 'c-1', keys: ['old'] }])
    expect(step.log).toContain('1 to update, 1 to keep, 1 to delete')
    expect(workspace.requests.all.filter(({ method }) => method !== 'GET')).toEqual([])
  })
})

// Lost if this fails: a green run seems to say that no code of the repository uses the key.
test.each([
  ['there is no folder', () => ({ workspace: path.join(folder, 'missing') })],
  ['only Git has files', () => checkout({ '.git/config': 'x' })],
])('if %s, log and summary say how to get a checkout', async (_, step) => {
  await start()
  const result = await run({}, step())
  expect(result.exitCode).toBe(0)
  expectNoCheckout(result)
})

// Before a rotation, a user wants to see who has the old value.
describe('a dry run with a placeholder for the value', () => {
  test('lists the consumers of the key with if-exists: update, and none if compare finds the same value', async () => {
    await start(ONE_OF_EACH, {}, { key: 'fake-new' })
    const update = await run({ 'dry-run': 'true', secrets: 'key=fake-placeholder' })
    expect(update.log).toContain('7 consumers of the keys that this run would write.')
    expect(kindsOf(update)).toHaveLength(7)
    const compare = await run({ 'dry-run': 'true', 'if-exists': 'compare' })
    expect(compare.log).toContain('only references to missing keys are reported')
    expect(found(compare)).toEqual([])
  })
})

// The contract: the output has all references to keys of the map as soon as one key changes.
test('the output also lists consumers of unchanged keys, and log and summary do not', async () => {
  await start({ clusters: [cluster('c-1', '{{secrets/storage/same}}')] }, {}, { key: 'x', same: 'fake-same' })
  const step = await run({ secrets: 'key=fake-new\nsame=fake-same', 'if-exists': 'compare' })
  expect(step.outputs).toMatchObject({ updated: '["key"]', unchanged: '["same"]' })
  expect(found(step)).toMatchObject([{ id: 'c-1', keys: ['same'] }])
  expect(step.log).toContain('no reference to the keys that this run writes or deletes was found')
  expect(step.summary).not.toContain('`c-1`')
})

describe('prune with consumers', () => {
  test('keeps a key with a reference, names who has it, and deletes the others', async () => {
    await start({ clusters: [cluster('c-1', OLD)] }, {}, { key: 'x', Old: 'x', other: 'x' })
    const step = await run({ prune: 'true' })
    expect(step.exitCode).toBe(0)
    expect(step.outputs).toMatchObject({ kept: '["Old"]', deleted: '["other"]', failed: '[]' })
    // It is not of a key that the run writes or deletes.
    for (const text of [step.log, step.summary])
      expect(text).toContain('1 consumer of the keys that prune keeps.')
    expect(Object.keys(stored(workspace))).toEqual(['key', 'Old'])
    expect(step.log).toContain('prune kept 1 key, because a reference was found: Old (cluster c-1).')
    expect(step.log).toContain('Deleting 1 key of the scope "storage" that is not in the map:\n  other\n')
    expect(step.log).toContain('1 updated, 1 kept, 1 deleted')
    // What was not checked is known before keys are deleted.
    expect(step.log.indexOf('Consumers ')).toBeLessThan(step.log.indexOf('Deleting'))
    expect(step.log).toContain('Not searched: one-time runs')
  })

  test('tells consumers of keys that are kept and keys that are written apart', async () => {
    await start(
      { clusters: [cluster('c-1', OLD), cluster('c-2', '{{secrets/storage/key}}')] },
      {},
      { key: 'x', old: 'x' },
    )
    const step = await run({ prune: 'true', 'dry-run': 'true', 'if-exists': 'compare' })
    expect(step.log).toContain(
      '2 consumers of the keys that this run would write or the keys that prune would keep. A running one uses',
    )
  })

  test('keeps a key that a file of the checkout or a parameter names', async () => {
    await start(
      {
        jobs: [{ job_id: 1, settings: { parameters: [{ name: 'p', default: OLD }] }, visibleTo: ['users'] }],
      },
      {},
      { key: 'x', old: 'x', used: 'x' },
    )
    const step = await run(
      { prune: 'true' },
      checkout({ 'a.scala': 'dbutils.secrets.get("storage", "used")' }),
    )
    expect(step.outputs).toMatchObject({ kept: '["old","used"]', deleted: '[]' })
    expect(step.log).toContain('old (job 1), used (file a.scala, line 1)')
    expect(step.log).toContain('Checkout: 1 file searched.')
    expect(step.log).not.toContain('actions/checkout')
  })

  test('deletes nothing if the job is cancelled during the search, and ends in time', async () => {
    await start({}, {}, { key: 'x', old: 'x' })
    const cancel = new AbortController()
    workspace.intercept(({ path: asked }) => {
      if (!asked.endsWith('/jobs/list')) return undefined
      cancel.abort()
      return neverAnswer
    })
    const step = await run({ prune: 'true' }, { cancel: cancel.signal })
    expect(step.exitCode).toBe(1)
    expect(step.outputs).toMatchObject({ updated: '["key"]', kept: '["old"]', deleted: '[]' })
    expect(Object.keys(stored(workspace))).toEqual(['key', 'old'])
    expect(step.afterCancelMs).toBeLessThan(7_500)
  })
})

describe('references', () => {
  test('to a missing key are a warning with the nearest key, and in the output', async () => {
    await start({ clusters: [cluster('c-1', '{{secrets/storage/keey}}')] }, {}, { key: 'x' })
    const step = await run(
      { 'if-exists': 'keep' },
      checkout({ 'a.py': 'dbutils.secrets.get("storage", "gone-key")' }),
    )
    expect(step.exitCode).toBe(0)
    expect(step.annotations).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: expect.stringContaining(
          'cluster c-1 refers to storage/keey (nearest existing key: key), file a.py, line 1 refers to storage/gone-key.',
        ) as unknown,
      }),
    )
    expect(found(step)).toEqual([
      { kind: 'cluster', id: 'c-1', keys: [], state: 'running', action: 'restart', missing: ['keey'] },
      { kind: 'repository', id: 'a.py', keys: [], state: 'unknown', action: 'none', missing: ['gone-key'] },
    ])
    expect(step.log).toContain('This run writes and deletes no key')
  })

  test('in parameters of jobs are a warning, because they are not resolved', async () => {
    const parameters = [{ name: 'p', default: '{{secrets/storage/key}}' }]
    await start({ jobs: [{ job_id: 1, settings: { parameters }, visibleTo: ['users'] }] })
    const step = await run()
    expect(step.log).toContain(
      'does not resolve references to secrets in parameters of jobs and tasks: job 1 (key)',
    )
    expect(found(step)).toEqual([])
  })

  test('that a run does not change are not reported', async () => {
    await start(ONE_OF_EACH, {}, { key: 'fake-new' })
    const step = await run({ 'if-exists': 'compare' })
    expect(step.outputs).toMatchObject({ unchanged: '["key"]', consumers: '[]' })
    expect(step.log).not.toContain('cluster c-1')
  })
})

describe('the report of consumers', () => {
  const UPDATE_NOTICE = 'With if-exists: update, every key is written, so it is unknown which values changed'

  test('claims an old value only where values were compared', async () => {
    await start()
    const compared = await run({ 'if-exists': 'compare' })
    expect(compared.log).toContain('A running one uses the old value until it takes the new one')
    expect(compared.log).not.toContain(UPDATE_NOTICE)
    const updated = await run({ secrets: 'key=fake-newer' })
    expect(updated.log).not.toContain('old value')
    expect(updated.annotations).toContainEqual(
      expect.objectContaining({
        level: 'notice',
        message: expect.stringContaining(UPDATE_NOTICE) as unknown,
      }),
    )
  })

  test.each([
    [undefined, false],
    [{ repository: { private: true, visibility: 'private' } }, true],
  ])('names what people named only if the repository is not public: %j', async (event, isShown) => {
    await start({
      clusters: [cluster('c-1', '{{secrets/storage/key}}', { cluster_name: 'Shared ::warning:: |x|' })],
    })
    const step = await run({}, { event })
    expect(step.log.includes('cluster c-1 "Shared ::warning:: |x|" (running)')).toBe(isShown)
    expect(everythingSaid(step).includes('Shared')).toBe(isShown)
    expect(everythingSaid(step).includes('spark_conf.spark.password')).toBe(isShown)
    expect(step.outputs['consumers']).not.toContain('Shared')
    expect(step.annotations.filter(({ message }) => message.includes('Shared'))).toEqual([])
  })

  test('folds from twenty consumers on', async () => {
    const some = (number: number) =>
      Array.from({ length: number }, (_, at) => cluster(`c-${String(at)}`, '{{secrets/storage/key}}'))
    await start({ clusters: some(19) })
    const open = await run()
    expect(open.stdout).not.toContain('::group::19 consumers')
    workspace.consumers.add({ clusters: [cluster('c-19', '{{secrets/storage/key}}')] })
    const folded = await run()
    expect(folded.stdout).toContain('::group::20 consumers of the keys that this run writes')
    expect(folded.summary).toContain('<details><summary>20 consumers')
  })

  test('cuts the output at 64 KB, running ones first, and says how many are left out', async () => {
    const id = (at: number) => `c-${String(at)}-${'x'.repeat(90)}`
    const clusters = Array.from({ length: 600 }, (_, at) =>
      cluster(id(at), '{{secrets/storage/key}}', { state: at === 599 ? 'RUNNING' : 'TERMINATED' }),
    )
    await start({ clusters })
    const step = await run()
    const entries = found(step)
    expect(Buffer.byteLength(step.outputs['consumers'] ?? '')).toBeLessThanOrEqual(65_536)
    expect(entries[0]).toMatchObject({ id: id(599), state: 'running' })
    expect(entries.at(-1)).toEqual({ truncated: 600 - (entries.length - 1) })
    expect(entries.length).toBeGreaterThan(300)
  })

  test('shows a pasted value only as a place, and only in the log', async () => {
    await start({ clusters: [cluster('c-1', 'jdbc:fake-pasted-value')] })
    const step = await run({ secrets: 'key=fake-pasted-value' })
    const text =
      'A value of this run is in a configuration as plain text: cluster c-1, field spark_conf.spark.password.'
    expect(step.log).toContain(text)
    expect(step.summary).not.toContain('plain text')
    expect(step.annotations.filter(({ message }) => message.includes('plain text'))).toEqual([])
    expect(everythingSaid(step)).not.toContain('fake-pasted-value')
  })
})

describe('several targets', () => {
  const CONFIG = `version: 1
defaults: { prune: true }
scopes:
  storage: { secrets: { key: KEY }, consumers: true }
  other: { secrets: { key: KEY }, consumers: true }
  third: { secrets: { key: KEY } }
`

  test('are searched once, and keys are named with their target', async () => {
    const text = ['storage', 'other', 'third']
      .map((scope) => `{{secrets/${scope}/key}} {{secrets/${scope}/old}}`)
      .join()
    await start({ clusters: [cluster('c-1', text)] }, {}, { old: 'x' })
    workspace.store.createScope('other', { secrets: { old: 'x' } })
    workspace.store.createScope('third', { secrets: { old: 'x' } })
    const step = await syncTo(
      workspace,
      { scope: '', config: 'c.yml', secrets: '{"KEY":"fake-new"}', ...ROOT },
      checkout({ 'c.yml': CONFIG }),
    )
    expect(step.exitCode).toBe(0)
    expect(found(step)).toMatchObject([
      { kind: 'cluster', id: 'c-1', keys: ['storage/key', 'storage/old', 'other/key', 'other/old'] },
    ])
    expect(step.outputs).toMatchObject({ kept: '["storage/old","other/old"]', deleted: '["third/old"]' })
    expect(workspace.requests.to('clusters/list')).toHaveLength(1)
  })
})

test('consumers is only for a scope', async () => {
  await start()
  const step = await run({ scope: '', schema: 'main.storage' })
  expect(step.exitCode).toBe(1)
  expect(step.log).toContain('consumers: is only for a secret scope. Remove it')
  expect(workspace.requests.all).toEqual([])
})
