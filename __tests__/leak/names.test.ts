import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { text } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { COMMENTED, expectHidden, RUNS, runHostile, SEED } from './hostile-run.js'
import { nameLikeValue } from './secret-values.js'
import type { Spelling } from './spellings.js'

/** Names that a key may have by mistake, or because an attacker wants the action to print them. */
function namesHolding(value: string): string[] {
  const bytes = Buffer.from(value)
  return [
    ...[value, `x_${value}`, `${value}_x`, `x.${value}-x`, value.toUpperCase(), value.toLowerCase()],
    ...['hex', 'base64url', 'base64'].map((encoding) => bytes.toString(encoding as BufferEncoding)),
    bytes.toString('hex').toUpperCase(),
    ...[`xx${value}`, `x${value}xx`].map((content) => Buffer.from(content).toString('base64url')),
    ...[`a\n::add-mask::${value}`, `\n::error::${value}`, `##[error]${value}`, `##[debug]${value}\r`],
    ...[`[${value}](https://evil.example)`, `<img src=${value}>`, `a|${value}|`, `\u202e${value}`],
    ...[encodeURIComponent(value), `&#102;${value}`, ` ${value}`, '', '__proto__ ' + value],
  ]
}

/** Times of an update that a workspace may return, as text in JSON. */
function timesHolding(value: string): string[] {
  const times = ['0', '-1', '-1e15', '1e999', '-1e999', '1e308', '9007199254740993', 'null', '{}', 'true']
  return [...times, JSON.stringify(value), JSON.stringify([value]), `"${Date.now()}"`, '"NaN"']
}

/** Makes the workspace list these keys, in addition to the one that may be printed. */
function listing(names: readonly string[], times: readonly string[]): (workspace: EmulatedWorkspace) => void {
  const member = (name: string, time = '1'): string =>
    `{"key": ${JSON.stringify(name)}, "last_updated_timestamp": ${time}}`
  const members = names.map((name, index) => member(name, times[index % times.length]))
  return (workspace) => {
    const old = [member('old-key')]
    workspace.intercept(({ path }) => {
      if (path.endsWith('/secrets/delete')) old.pop()
      return path.endsWith('/secrets/list')
        ? text(200, `{"secrets": [${[...old, ...members].join()}]}`)
        : undefined
    })
  }
}

/** Runs that print the names of keys outside the map. */
const ACTS: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ['deletes keys', { prune: 'true', 'prune-limit': '1000' }, 0],
  ['would delete too many keys', { prune: 'true', 'prune-limit': '0' }, 1],
  ['reports old keys', { 'max-age-days': '1', 'if-exists': 'keep' }, 0],
  ['comments what it would do', { prune: 'true', 'max-age-days': '1', ...COMMENTED }, 0],
]

// Names are shown wherever there is a report, and no mask of the runner reaches the outputs, the summary or a comment.
describe('if names of keys contain values, a run that', () => {
  test.each(ACTS)('%s', async (_, inputs, exitCode) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(nameLikeValue, { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (values, seed) => {
          const [plain = '', line = '', leaf = '', excluded = '', token = '', github = '', unused = ''] =
            values
          const binary = Buffer.from([0xff, seed, ...Buffer.from(values[7] ?? '')])
          const secrets = {
            PLAIN: plain,
            LINES: `the first line\n${line}\nthe last line`,
            DOCUMENT: JSON.stringify({ user: 'somebody', inner: { leaf } }),
            EXCLUDED: excluded,
            // Left out, and reported by its name.
            [`TOKEN_${plain}`]: token,
            LEFT_OUT: token,
          }
          const hidden = [plain, line, leaf, excluded, token, github, unused]
          const left = await runHostile({
            identity: { token, name: 'ada@example.com' },
            githubToken: github,
            inputs: {
              secrets: JSON.stringify(secrets),
              exclude: 'EXCLUDED',
              'secret-files': 'a=a.bin',
              'github-token': github,
              'auth-type': 'pat',
              ...inputs,
            },
            files: { 'a.bin': binary },
            step: { env: { ARM_CLIENT_SECRET: unused } },
            workspace: listing(
              [
                ...hidden.flatMap(namesHolding),
                ...['hex', 'base64url'].map((encoding) => binary.toString(encoding as BufferEncoding)),
                'x'.repeat(2 ** 20) + plain,
              ],
              timesHolding(plain),
            ),
          })
          const inCase = (value: string): Spelling[] =>
            [value.toLowerCase(), value.toUpperCase()].map((each) => ({ name: 'another case', text: each }))
          expectHidden(left, { known: [...hidden, binary], more: hidden.flatMap(inCase) })
          const { step } = left
          expect(step.exitCode).toBe(exitCode)
          // Keys with other names are still reported.
          expect(step.log).toContain('old-key')
          expect(step.log).toContain('LEFT_OUT was left out')
          if ('prune' in inputs && exitCode === 0) expect(step.outputs['deleted']).toBe('["old-key"]')
          if ('max-age-days' in inputs) expect(step.outputs['stale']).toBe('["old-key"]')
        },
      ),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })
})
