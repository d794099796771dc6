import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { readConfigFile } from '../../src/inputs/config/config-file.js'
import { readConfigVariables } from '../../src/inputs/config/config-variables.js'
import { ADA, startWith } from '../e2e/schema/schema-step.js'
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

/** Targets with each of these places, as lines of a file. */
const TARGETS = PLACES.flatMap((place) => [
  { group: 'scopes', name: 'storage', place },
  { group: 'schemas', name: 'main.storage', place },
])

/** A file with this target alone. */
function fileOf({ group, name, place }: (typeof TARGETS)[number]): string {
  return `version: 1\n${group}: { ${name}: ${place} }\n`
}

/** Tells whether the reader of the file reports errors. Such a file is not used, and its errors are all that is shown. */
function isRejected(file: string): boolean {
  const { variables } = readConfigVariables('')
  return readConfigFile(file, variables, () => '').errors.length > 0
}

const REJECTED = TARGETS.filter((target) => isRejected(fileOf(target)))

/** So many targets with errors share a file. */
const SHARED = 16

/** Files with several targets, each of which has an error in its own line. */
const REJECTED_FILES = Array.from({ length: Math.ceil(REJECTED.length / SHARED) }, (_, index) => {
  const targets = REJECTED.slice(index * SHARED, (index + 1) * SHARED)
  const groups = ['scopes', 'schemas'].map((group) => {
    const own = targets.filter((each) => each.group === group)
    const lines = own.map(({ name, place }, at) => `  ${name}${at}: ${place}\n`)
    return own.length === 0 ? '' : `${group}:\n${lines.join('')}`
  })
  return { file: `version: 1\n${groups.join('')}`, errors: targets.length }
})

const FILES = [
  ...TARGETS.filter((target) => !REJECTED.includes(target)).map(fileOf),
  ...REJECTED_FILES.map(({ file }) => file),
  `version: ${PASTED}\n`,
  `version: 1\ndefaults: ${PASTED}\n`,
  `version: 1\nscopes: ${PASTED}\n`,
  `${PASTED}\n`,
  `version: 1\nscopes: { storage: { secrets: { k: "${PASTED} } }\n`,
  `version: 1\nscopes: *${PASTED}\n`,
  `version: 1\nscopes: !${PASTED} {}\n`,
  `%${PASTED}\n---\nversion: 1\n`,
]

/** Files for one process each; many take long. */
const PARTS = 4

// Somebody writes the value in place of its name. The file is in the repository then, but the log is read by more people.
describe('what is to the right of a colon in a config file', () => {
  test.each(Array.from({ length: PARTS }, (_, part) => part))(
    'is never shown, part %i',
    async (part) => {
      // The secret exists: an owner is sent with a create, and a workspace quotes one that it does not know.
      const workspace = await startWith({ owner: ADA, secrets: { k: 'fake-old-value' } })
      const folder = await mkdtemp(path.join(tmpdir(), 'leak-'))
      try {
        for (const file of FILES.filter((_, index) => index % PARTS === part)) {
          const pasted = `Fake${randomBytes(12).toString('hex')}`
          await writeFile(path.join(folder, 'secrets.yml'), file.replaceAll(PASTED, pasted))
          const step = await syncTo(
            workspace,
            { scope: '', config: 'secrets.yml', secrets: '{"BLOB_KEY":"fake-blob-value"}' },
            { workspace: folder },
          )
          const said = `${everythingSaid(step)}\n${asRead(step.summary)}`
          // Each target of a shared file has had its error.
          const { errors } = REJECTED_FILES.find((each) => each.file === file) ?? {}
          if (errors !== undefined) {
            const [, count] = /Stopped before the first request: (\d+) input errors/.exec(step.log) ?? []
            expect(Number(count)).toBeGreaterThanOrEqual(errors)
          }
          for (const encoding of ['utf8', 'base64', 'hex'] as const)
            expect([file, said.includes(Buffer.from(pasted).toString(encoding))]).toEqual([file, false])
        }
      } finally {
        await workspace.close()
        await rm(folder, { recursive: true })
      }
    },
    240_000,
  )
})
