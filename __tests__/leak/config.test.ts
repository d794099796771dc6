import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { beforeAll, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { ADA, ADAS_GRANTS } from '../e2e/schema/schema-step.js'
import { everythingSaid, syncTo } from '../e2e/sync-step.js'
import { asRead } from './leak-search.js'

/** What stands for a value that somebody pasted into the file. */
const PASTED = 'PASTED'

/** Every place in a config file where something can be pasted to the right of a colon. */
const PLACES: readonly string[] = [
  ...['secrets', 'files', 'envs'].flatMap((field) => [
    `{ ${field}: { k: ${PASTED} } }`,
    `{ ${field}: { k: { from: ${PASTED} } } }`,
    `{ ${field}: { k: [${PASTED}] } }`,
    `{ ${field}: ${PASTED} }`,
    `{ ${field}: { k: "${PASTED}\\n" } }`,
    `{ ${field}: { k: '\${${PASTED}}' } }`,
  ]),
  ...[
    ...[
      'create-scope',
      'initial-manage-principal',
      'key-case',
      'if-exists',
      'prune',
      'prune-limit',
      'prune-exclude',
    ],
    ...[
      'permissions',
      'permissions-exact',
      'verify',
      'max-age-days',
      'owner',
      'comment',
      'expire-after-days',
      'exclude',
    ],
    ...['key-strip-prefix', 'key-prefix', 'consumers', 'unknown', 'dry-run'],
  ].flatMap((field) => [
    `{ secrets: { k: BLOB_KEY }, ${field}: ${PASTED} }`,
    `{ secrets: { k: BLOB_KEY }, ${field}: [${PASTED}] }`,
    `{ secrets: { k: BLOB_KEY }, ${field}: { a: ${PASTED} } }`,
  ]),
  `{ include: ${PASTED} }`,
  `{ include: [${PASTED}] }`,
  `{ include: [BLOB*], key-strip-prefix: ${PASTED} }`,
  `{ secrets: { k: { from: BLOB_KEY, comment: ${PASTED}, permissions: { team: ${PASTED} } } } }`,
  PASTED,
  `[${PASTED}]`,
]

interface Target {
  readonly group: 'scopes' | 'schemas'
  readonly name: string
  readonly place: string
  readonly pasted: string
}

/** Targets with each of these places, and another value in each. */
const TARGETS = PLACES.flatMap((place, index): Target[] => [
  { group: 'scopes', name: `storage${index}`, place, pasted: madeUp() },
  { group: 'schemas', name: `main.storage${index}`, place, pasted: madeUp() },
])

/** Files with an error outside the targets. */
const FILES: readonly string[] = [
  `version: ${PASTED}\n`,
  `version: 1\ndefaults: ${PASTED}\n`,
  `version: 1\nscopes: ${PASTED}\n`,
  `${PASTED}\n`,
  `version: 1\nscopes: { storage: { secrets: { k: "${PASTED} } }\n`,
  `version: 1\nscopes: *${PASTED}\n`,
  `version: 1\nscopes: !${PASTED} {}\n`,
  `%${PASTED}\n---\nversion: 1\n`,
]

function madeUp(): string {
  return `Fake${randomBytes(12).toString('hex')}`
}

/** A file with these targets, each in a line of its own, and the target of each line. */
function fileOf(targets: readonly Target[]): { file: string; targetAt: (Target | undefined)[] } {
  const lines: { text: string; target?: Target }[] = [{ text: 'version: 1' }]
  for (const group of ['scopes', 'schemas'] as const) {
    const own = targets.filter((target) => target.group === group)
    if (own.length > 0) lines.push({ text: `${group}:` })
    for (const target of own)
      lines.push({ text: `  ${target.name}: ${target.place.replaceAll(PASTED, target.pasted)}`, target })
  }
  return {
    file: lines.map(({ text }) => `${text}\n`).join(''),
    targetAt: lines.map(({ target }) => target),
  }
}

/** The lines, from 0, for which a run reports errors, as `line 3, column 5` or `lines 3, 5 to 7`. */
function linesWithErrors(log: string): number[] {
  return Array.from(log.matchAll(/^Error: config, lines? ([\d, to]+)/gm)).flatMap(([, lines = '']) =>
    lines.split(', ').flatMap((run) => {
      const [first = 0, last = first] = run.split(' to ').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index - 1)
    }),
  )
}

/** Runs the action with this file, and returns what it says, and the log. */
async function runWith(file: string): Promise<{ said: string; log: string }> {
  const workspace = await EmulatedWorkspace.start()
  const folder = await mkdtemp(path.join(tmpdir(), 'leak-'))
  try {
    // The secret exists: an owner is sent with a create, and a workspace quotes one that it does not know.
    for (const { group, name } of TARGETS)
      if (group === 'schemas')
        workspace.catalogs.createSchema(name, {
          owner: ADA,
          grants: ADAS_GRANTS,
          secrets: { k: 'fake-old-value' },
        })
    await writeFile(path.join(folder, 'secrets.yml'), file)
    const step = await syncTo(
      workspace,
      { scope: '', config: 'secrets.yml', secrets: '{"BLOB_KEY":"fake-blob-value"}' },
      { workspace: folder },
    )
    return { said: `${everythingSaid(step)}\n${asRead(step.summary)}`, log: step.log }
  } finally {
    await workspace.close()
    await rm(folder, { recursive: true })
  }
}

/** The most runs until each target had its error, or its place in a run without input errors. */
const MOST_RUNS = 10

// Somebody writes the value in place of its name. The file is in the repository then, but the log is read by more people.
describe('what is to the right of a colon in a config file is never shown', () => {
  const shown: string[] = []
  const tried = new Set<Target>()

  // An error that is found early hides the later ones of other targets: these run again without the targets that had theirs.
  beforeAll(async () => {
    let left: readonly Target[] = TARGETS
    while (left.length > 0 && shown.length < MOST_RUNS) {
      const { file, targetAt } = fileOf(left)
      const { said, log } = await runWith(file)
      shown.push(said)
      const isLast = !log.includes('Stopped before the first request')
      for (const target of isLast ? left : linesWithErrors(log).map((line) => targetAt[line]))
        if (target !== undefined) tried.add(target)
      left = left.filter((target) => !tried.has(target))
    }
  })

  test.each(TARGETS)('$group, $place', (target) => {
    expect(tried).toContain(target)
    for (const said of shown) expectUnsaid(said, target.pasted)
  })

  test.each(FILES)('%j', async (file) => {
    const pasted = madeUp()
    const { said } = await runWith(file.replaceAll(PASTED, pasted))
    expectUnsaid(said, pasted)
  })
})

function expectUnsaid(said: string, value: string): void {
  for (const encoding of ['utf8', 'base64', 'hex'] as const)
    expect(said.includes(Buffer.from(value).toString(encoding))).toBe(false)
}
