import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { apiError, html, plainJson, redirect, text, type Reply } from '../../emulator/reply.js'
import { HURRIED } from '../e2e/sync-step.js'
import { COMMENTED, expectHidden, RUNS, runHostile, SEED } from './hostile-run.js'
import { asRead } from './leak-search.js'
import { nameLikeValue, secretValue } from './secret-values.js'
import { spellingsOf } from './spellings.js'

/** Tokens, too, of the letters of GitHub's names for errors. */
const token = fc.oneof(
  nameLikeValue,
  nameLikeValue.map((value) => `FAKE_${value.toUpperCase().replace(/[^A-Z]/g, '_')}`),
)

/** How GitHub may show what it was sent: the token, and the plan. */
const ECHOES: readonly (readonly [string, (sent: string, githubToken: string) => Reply])[] = [
  ['in a message', (sent) => plainJson(422, { message: sent, errors: [sent], documentation_url: sent })],
  [
    'in the message of a query',
    (sent) => plainJson(200, { data: null, errors: [{ type: 'X', message: sent }] }),
  ],
  ['as the type of an error', (_, bare) => plainJson(200, { errors: [{ type: bare, message: bare }] })],
  [
    'as its letters',
    (_, bare) => plainJson(200, { errors: [{ type: bare.replace(/[^A-Z_]/g, ''), path: [bare] }] }),
  ],
  [
    'as the code of an error',
    (_, bare) => plainJson(200, { errors: [{ message: '', extensions: { code: bare } }] }),
  ],
  ['in a page', (sent) => html(403, `<pre>${sent}</pre>`)],
  ['as text', (sent) => text(200, sent)],
  [
    'in a redirect',
    (sent, bare) => redirect(`https://evil.example/${bare}?${encodeURIComponent(sent)}`, 307),
  ],
  [
    'in headers',
    (_, bare) =>
      plainJson(
        429,
        {},
        {
          'retry-after': `3600 ${bare}`,
          'x-github-request-id': bare,
          deprecation: bare,
          sunset: bare,
          link: `<${bare}>; rel="deprecation"`,
        },
      ),
  ],
  [
    'as the id of what to comment',
    (_, bare) =>
      plainJson(200, {
        data: {
          repository: {
            pullRequest: {
              id: bare,
              comments: {
                nodes: [{ id: bare, body: bare, viewerDidAuthor: bare }],
                pageInfo: { hasNextPage: true, endCursor: bare },
              },
            },
          },
        },
      }),
  ],
]

// A token for GitHub writes to the repository, and Octokit's errors hold it, as they hold the whole request.
describe('GitHub shows the token and the plan', () => {
  test.each(ECHOES.map(([how, answer], index) => [how, answer, index] as const))(
    '%s, and we do not',
    async (_, answer, index) => {
      await fc.assert(
        fc.asyncProperty(token, nameLikeValue, fc.boolean(), async (githubToken, value, isSearch) => {
          const left = await runHostile({
            githubToken,
            inputs: { secrets: `blob=${value}`, 'github-token': githubToken, ...COMMENTED },
            step: { ...HURRIED, debug: true },
            github: (github) => {
              github.intercept(({ headers, rawBody }) =>
                isSearch || rawBody.includes('mutation')
                  ? answer(`${headers.authorization} ${rawBody.toString()}`, githubToken)
                  : undefined,
              )
            },
          })
          expectHidden(left, { known: [value, githubToken] })
          expect(left.step.log).toMatch(/GitHub (?:refused it|did not answer)|Comment +created/)
        }),
        { seed: SEED + index, numRuns: RUNS, endOnFailure: true },
      )
    },
  )
})

/** How a workspace may have values and credentials come into the comment, which no mask of the runner reaches. */
const SAYINGS: readonly (readonly [string, (value: string) => string])[] = [
  ['unchanged', (value) => value],
  ['in pieces of Markdown', (value) => value.replace(/.{7}/gs, '$&<b></b>')],
  ['escaped', (value) => value.replace(/[!-/:-@[-`{-~]/g, '\\$&')],
  ['as references', (value) => value.replace(/[^]/gu, (each) => `&#${each.codePointAt(0) ?? 0};`)],
  ['in base64', (value) => Buffer.from(value).toString('base64')],
  ['in hex', (value) => Buffer.from(value).toString('hex')],
  ['as of a URL', (value) => encodeURIComponent(value)],
  ['in JSON', (value) => JSON.stringify(JSON.stringify({ value }))],
  ['over several lines', (value) => value.replace(/.{9}/gs, '$&\n')],
  ['as commands', (value) => `\n::warning::${value}\n##[warning]${value}`],
]

const anyText = secretValue
  .map((value) => value.toString())
  .filter((value) => !value.includes('\ufffd') && value.trim() !== '')

// GitHub sends a comment by e-mail, and everyone with read access to the repository can see it.
describe('a workspace shows values in what ends up in a comment', () => {
  // Of two that fail in a target, one is quoted. Each target of a config file reads the permissions of its scope.
  const ofLists = SAYINGS.filter((_, index) => index % 2 === 0)
  const ofScopes = SAYINGS.filter((_, index) => index % 2 === 1)
  const scopes = ofScopes.map(([how]) => how.replaceAll(' ', '-'))
  const config = `version: 1
scopes:
${scopes.map((scope) => `  ${scope}: { include: [K*], permissions: { users: READ } }`).join('\n')}
`
  const inOneScope = { permissions: 'users=READ' }
  test.each([
    ...ofLists.map((saying) => [saying[0], 'secrets/scopes/list', [saying], inOneScope] as const),
    ['each in a scope', 'secrets/acls/list', ofScopes, { config: 'secrets.yml', scope: '' }] as const,
  ])('%s in %s, and the comment does not', async (_, call, sayings, inputs) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyText, { minLength: 8, maxLength: 8 }),
        nameLikeValue,
        nameLikeValue,
        async (values, workspaceToken, githubToken) => {
          const known = [...values, workspaceToken, githubToken]
          // What is shown is cut: each of them has its turn at the start.
          let turn = values.length
          const left = await runHostile({
            identity: { token: workspaceToken, name: 'ada@example.com' },
            githubToken,
            inputs: {
              secrets: JSON.stringify(Object.fromEntries(values.map((value, index) => [`K${index}`, value]))),
              'github-token': githubToken,
              ...COMMENTED,
              ...inputs,
            },
            files: { 'secrets.yml': config },
            workspace: (workspace) => {
              for (const scope of scopes) workspace.store.createScope(scope)
              workspace.intercept(({ path, query }) => {
                if (!path.endsWith(call)) return undefined
                const [, say] = sayings[Math.max(scopes.indexOf(query.get('scope') ?? ''), 0)] ?? []
                const shown = known.map((value) => say?.(value))
                const from = turn++ % shown.length
                return apiError(
                  500,
                  'INTERNAL_ERROR',
                  [...shown.slice(from), ...shown.slice(0, from)].join(' '),
                )
              })
            },
          })
          expectHidden(left, { known })
          expect(left.comments).toContain('[!CAUTION]')
          expect([left.step.exitCode, left.step.log]).toEqual([1, expect.anything()])
          const errors = left.step.log.split('\n').filter((line) => line.startsWith('Error: '))
          for (const scope of sayings === ofScopes ? scopes : [])
            expect(errors.filter((line) => line.includes(scope))).toHaveLength(1)
        },
      ),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })
})

// In the summary a value may be the name of the scope, which is no secret; the comment is for more people.
test('a scope is named like a value, and the comment does not show it', async () => {
  const names = anyText.map((value) => value.trim()).filter((value) => /^[^\p{C}]{8,100}$/u.test(value))
  await fc.assert(
    fc.asyncProperty(
      names.filter((name) => !name.includes('##[')),
      nameLikeValue,
      async (...values) => {
        for (const scope of values) {
          const { comments } = await runHostile({
            inputs: { secrets: JSON.stringify({ A: scope }), scope, ...COMMENTED },
          })
          const shown = [comments, asRead(comments)].join('\n')
          expect(comments).toContain('<!-- databricks-secrets-sync')
          expect(spellingsOf(Buffer.from(scope)).filter(({ text: form }) => shown.includes(form))).toEqual([])
        }
      },
    ),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  )
})
