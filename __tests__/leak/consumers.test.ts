import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import type { ConsumersContent } from '../../emulator/consumers/content.js'
import { apiError, json } from '../../emulator/reply.js'
import { COMMENTED, expectHidden, RUNS, runHostile, SEED } from './hostile-run.js'
import { nameLikeValue } from './secret-values.js'

const VISIBLE = { visibleTo: ['users'] }

/** How a text that people choose may contain a value. */
function textsHolding(value: string): string[] {
  const bytes = Buffer.from(value)
  return [
    ...[value, `team ${value}`, value.slice(0, 14), value.slice(2), `a\n::add-mask::${value}`],
    ...[`\r\n##[error]${value}`, `::warning::${value}`, `[${value}](https://evil.example)`, `|${value}|`],
    ...[`${value.slice(0, 8)}<b></b>${value.slice(8)}`, bytes.toString('hex'), bytes.toString('base64')],
    value.replace(/./g, (character) => `&#${String(character.charCodeAt(0))};`),
    value.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`),
  ]
}

/** Consumers whose names, ids, fields and references contain these values. */
function contentHolding(values: readonly string[]): ConsumersContent {
  const texts = values.flatMap(textsHolding)
  const references = texts.map((text) => `{{secrets/storage/${text}}} {{secrets/${text}/key}}`).join(' ')
  return {
    clusters: [
      ...texts.map((text, at) => ({
        cluster_id: `c-${String(at)}`,
        cluster_name: text,
        spark_conf: { [text]: '{{secrets/storage/key}} {{secrets/storage/old}} {{secrets/storage/kye}}' },
        ...VISIBLE,
      })),
      ...texts.map((text) => ({
        cluster_id: text,
        state: text,
        spark_conf: { a: `{{secrets/storage/key}} ${references}`, b: text },
        ...VISIBLE,
      })),
    ],
    jobs: texts.map((name, at) => ({
      job_id: at + 1,
      settings: {
        name,
        parameters: [{ name, default: `${references} {{secrets/storage/key}}` }],
      },
      ...VISIBLE,
    })),
    clusterPolicies: texts.map((text) => ({
      policy_id: text,
      name: text,
      definition: JSON.stringify({ [text]: { value: '{{secrets/storage/key}}' } }),
      ...VISIBLE,
    })),
    apps: values.map((name) => ({
      name,
      resources: [{ name, secret: { scope: 'storage', key: 'key', permission: 'READ' } }],
      ...VISIBLE,
    })),
  }
}

// Any user of the workspace chooses these texts, and a person may paste a value anywhere.
describe('consumers whose texts contain values:', () => {
  test.each([
    ['a run of a private repository', { prune: 'true' }, { private: true }],
    ['a run of a public repository', { prune: 'true' }, { private: false }],
    ['a dry run with a comment', { prune: 'true', ...COMMENTED }, { private: true }],
  ] as const)('%s', async (_, inputs, repository) => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(nameLikeValue, nameLikeValue), async ([value, other]) => {
        const repo = { repo: { full_name: 'owner/repo' } }
        const left = await runHostile({
          inputs: {
            secrets: JSON.stringify({ key: value, 'other-key': other }),
            consumers: 'true',
            ...inputs,
          },
          files: {
            [`${value}.py`]: `dbutils.secrets.get("storage", "key")\nsecrets.get("storage", "${value}")`,
          },
          step: { event: { repository, pull_request: { number: 7, head: repo, base: repo } } },
          workspace: (workspace) => {
            workspace.store.scope('storage').acls.set('ada@example.com', 'MANAGE')
            workspace.store.scope('storage').put('old', 'x', 0)
            workspace.consumers.add(contentHolding([value, other]))
          },
        })
        expectHidden(left, { known: [value, other] })
        expect([left.step.exitCode, left.step.log]).toEqual([0, expect.stringContaining('prune kept 1 key')])
        expect(left.step.outputs['kept']).toBe('["old"]')
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })

  // A code, a message or a page of a hostile server.
  test('errors of every read', async () => {
    await fc.assert(
      fc.asyncProperty(nameLikeValue, async (value) => {
        const codes = [value, `K${value.toUpperCase().replace(/\W/g, '_')}`, 'PERMISSION_DENIED']
        let at = 0
        const left = await runHostile({
          inputs: {
            secrets: JSON.stringify({ key: value, code: codes[1] }),
            consumers: 'true',
            prune: 'true',
          },
          workspace: (workspace) => {
            workspace.intercept(({ path }) => {
              if (path.includes('/secrets/')) return undefined
              const code = codes[at++ % codes.length] ?? ''
              return at % 4 === 0
                ? json(200, { [value]: value, next_page_token: value })
                : apiError(at % 2 === 0 ? 503 : 400, code, value)
            })
          },
        })
        expectHidden(left, { known: [value] })
        expect([left.step.exitCode, left.step.log]).toEqual([0, expect.stringContaining('Not checked')])
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })
})
