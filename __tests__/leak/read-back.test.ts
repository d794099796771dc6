import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { apiError, html, json, redirect, text, type Reply } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { ahead } from '../e2e/sync-step.js'
import { COMMENTED, expectHidden, RUNS, runHostile, SEED } from './hostile-run.js'
import { nameLikeValue, secretValue } from './secret-values.js'

/** How an answer to `secrets/get` can show the value that is in the scope, and fail. */
const ECHOES: readonly (readonly [string, (value: Buffer) => Reply])[] = [
  ['in a message', (value) => apiError(500, 'INTERNAL_ERROR', `Cannot give ${value.toString()}`)],
  ['in base64', (value) => apiError(400, 'INVALID_STATE', `Got ${value.toString('base64')}`)],
  ['as its code', (value) => apiError(400, value.toString().toUpperCase(), 'No.')],
  ['as the code of old answers', (value) => text(400, `${value.toString().toUpperCase()}: no`)],
  ['behind the code of old answers', (value) => text(400, `BAD_ANSWER: ${value.toString()}`)],
  [
    'in its details',
    (value) => json(400, { error_code: 'BAD_ANSWER', details: [{ value: value.toString() }] }),
  ],
  ['in a page', (value) => html(403, `<pre>Blocked: ${value.toString('hex')}</pre>`)],
  ['in a redirect', (value) => redirect(`https://evil.example/?${encodeURIComponent(value.toString())}`)],
  [
    'with a message beside it',
    (value) => json(200, { key: 'k', value: value.toString('base64'), message: '' }),
  ],
  ['cut', (value) => text(200, `{"key": "k", "value": "${value.toString('base64')}`)],
  ['as it is', (value) => text(200, value)],
  ['as no base64', (value) => json(200, { key: 'k', value: `!${value.toString()}` })],
  ['as a number of bytes', (value) => json(200, { key: 'k', value: [...value] })],
  [
    'as the id of the request',
    (value) => apiError(503, 'TEMPORARILY_UNAVAILABLE', 'No.', { 'x-request-id': value.toString() }),
  ],
  ['as a refusal to all', (value) => apiError(400, 'BAD_REQUEST', `Not in a notebook: ${value.toString()}`)],
  ['without permission', (value) => apiError(403, 'PERMISSION_DENIED', value.toString('base64url'))],
]

/** Ways to read values from the scope. */
const ACTS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['compares', { 'if-exists': 'compare' }],
  ['verifies', { verify: 'true' }],
  ['comments what it compares', { 'if-exists': 'compare', ...COMMENTED }],
]

/**
 * Has the scopes hold these values, `k0` in the first of them, `k1` in the next, …, and each read answered in another of
 * these ways.
 *
 * @param answered Gets the keys that were answered.
 */
function holding(
  values: readonly Buffer[],
  answers: readonly ((value: Buffer) => Reply)[],
  scopes: readonly string[] = ['storage'],
  answered = new Set<string>(),
): (workspace: EmulatedWorkspace) => void {
  return (workspace) => {
    for (const scope of scopes) if (scope !== 'storage') workspace.store.createScope(scope)
    for (const [index, value] of values.entries())
      workspace.store.scope(scopes[index % scopes.length] ?? '').put(`k${index}`, value)
    workspace.intercept(({ path, query }) => {
      const key = query.get('key') ?? ''
      const [, digits] = /^k(\d+)$/.exec(key) ?? []
      const answer = answers[Number(digits) % answers.length]
      const value = values[Number(digits)]
      if (!path.endsWith('/secrets/get') || !answer || !value) return undefined
      answered.add(key)
      return answer(value)
    })
  }
}

function mapOf(values: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(values.map((value, index) => [`k${index}`, value])))
}

/** What passes for a code, and for the id of a request. */
const codeLike = nameLikeValue.map((value) => Buffer.from(`K${value.toUpperCase().replace(/\W/g, '_')}`))
const values = fc.array(nameLikeValue, { minLength: ECHOES.length, maxLength: ECHOES.length })

/** For each way the value that is shown in it. */
const old = fc.tuple(
  ...ECHOES.map(([how]) =>
    /code|id of/.test(how)
      ? codeLike
      : fc.oneof(
          nameLikeValue.map((value) => Buffer.from(value)),
          secretValue,
        ),
  ),
)

/** A scope for each way, because a comparison reports only the first failure in a scope. */
const SCOPES = ECHOES.map((_, index) => `storage${index}`)
const CONFIG = `version: 1
scopes:
${SCOPES.map((scope, index) => `  ${scope}: { secrets: { k${index}: k${index} } }\n`).join('')}`

// The value in the scope is a secret too, but this run has no mask for it.
describe.each(ACTS)('a run that %s gets the value in the scope, and shows nothing of it,', (_, inputs) => {
  test.each([
    ['in one scope', ['storage'], {}],
    ['in a scope for each response', SCOPES, { config: 'secrets.yml', scope: '' }],
  ])('%s', async (_, scopes, target) => {
    await fc.assert(
      fc.asyncProperty(old, values, async (stored, wanted) => {
        const answered = new Set<string>()
        const answers = ECHOES.map(([, answer]) => answer)
        const left = await runHostile({
          inputs: { secrets: mapOf(wanted), ...inputs, ...target },
          files: { 'secrets.yml': CONFIG },
          workspace: holding(stored, answers, scopes, answered),
        })
        expectHidden(left, { known: wanted, unknown: stored })
        expect(left.step.exitCode).toBe('verify' in inputs ? 1 : 0)
        expect(left.step.annotations.length).toBeGreaterThan(0)
        if (scopes === SCOPES) expect(answered.size).toBe(ECHOES.length)
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })

  test('also if nothing fails, or if the comparison itself fails', async () => {
    await fc.assert(
      fc.asyncProperty(old, values, async (some, wanted) => {
        const stored = some.map((value) => Buffer.concat([Buffer.from('fake-old-'), value]))
        for (const debug of [true, false]) {
          const left = await runHostile({
            inputs: { secrets: mapOf(wanted), ...inputs },
            step: { debug, ...(!debug && BROKEN) },
            // The values that are there, whatever was put.
            workspace: holding(stored, [(value) => json(200, { key: 'k', value: value.toString('base64') })]),
          })
          expectHidden(left, { known: wanted, unknown: stored })
          expect(left.step.exitCode).toBe('verify' in inputs ? 1 : 0)
        }
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })
})

/** Fails as soon as a value that was read is compared. */
const BROKEN = ahead(`const { equals } = Buffer.prototype
  Buffer.prototype.equals = function (other) {
    const both = [this, other].map(String)
    if (!both.some((each) => each.startsWith('fake-old-'))) return equals.call(this, other)
    throw Object.assign(new TypeError(both.join()), { code: both.join(), cause: both })
  }`)
