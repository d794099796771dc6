/** Comments on pull requests in GitHub's GraphQL API. */
import { beforeEach, describe, expect, test } from '@jest/globals'
import { hangUp } from '../../emulator/faults.js'
import { EmulatedGitHubApi, type GitHubApiOptions } from '../../emulator/github-api.js'
import { closing, send, type Answer } from './wire.js'

const accounts = {
  'fake-writer': { login: 'writer', access: 'write' },
  'fake-reader': { login: 'reader', access: 'read' },
  'fake-stranger': { login: 'stranger', access: 'none' },
} as const

let github: EmulatedGitHubApi

async function startGitHub(options: Partial<GitHubApiOptions> = {}): Promise<EmulatedGitHubApi> {
  return closing(await EmulatedGitHubApi.start({ accounts, ...options }))
}

beforeEach(async () => {
  github = await startGitHub()
})

async function ask(query: string, variables: object = {}, token = 'fake-writer'): Promise<Answer> {
  const headers = { authorization: `bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ query, variables })
  return send({ url: '' }, github.variables.GITHUB_GRAPHQL_URL, { method: 'POST', headers, body })
}

function inPullRequest(fields: string, number = 7, name = 'repo'): string {
  return `{ repository(owner: "owner", name: "${name}") { pullRequest(number: ${number}) { ${fields} } } }`
}

const add = (body: string, id = 'PR_fake7'): string =>
  `mutation { addComment(input: { subjectId: "${id}", body: ${JSON.stringify(body)} }) { commentEdge { node { id } } } }`

const update = (id: string, body: string): string =>
  `mutation { updateIssueComment(input: { id: "${id}", body: "${body}" }) { issueComment { body } } }`

// Otherwise the action could change a comment of another author, or not find its own.
describe('comments', () => {
  test('are created and changed, also those of others, and show whether the viewer is the author', async () => {
    const theirs = github.comment('somebody', 'before')
    await ask(add('mine'))
    expect((await ask(update(theirs.id, 'after'))).body).toEqual({
      data: { updateIssueComment: { issueComment: { body: 'after' } } },
    })
    const { body } = await ask(inPullRequest('comments(first: 100) { nodes { body viewerDidAuthor } }'))
    expect(body).toMatchObject({
      data: {
        repository: {
          pullRequest: {
            comments: {
              nodes: [
                { body: 'after', viewerDidAuthor: false },
                { body: 'mine', viewerDidAuthor: true },
              ],
            },
          },
        },
      },
    })
    expect(github.comments().map(({ author }) => author)).toEqual(['somebody', 'writer'])
  })

  test('are paginated', async () => {
    for (const body of ['a', 'b', 'c']) github.comment('somebody', body)
    const pages: unknown[] = []
    let after: string | null = null
    do {
      const fields = 'comments(first: 2, after: $after) { nodes { body } pageInfo { endCursor hasNextPage } }'
      const { body } = await ask(`query ($after: String) ${inPullRequest(fields)}`, { after })
      const { nodes, pageInfo } = (
        body as {
          data: {
            repository: {
              pullRequest: {
                comments: { nodes: unknown; pageInfo: { endCursor: string; hasNextPage: boolean } }
              }
            }
          }
        }
      ).data.repository.pullRequest.comments
      pages.push(nodes)
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null)
    expect(pages).toEqual([[{ body: 'a' }, { body: 'b' }], [{ body: 'c' }]])
  })
})

// Otherwise a client with invalid queries would work here.
describe('rejected:', () => {
  test.each<[string, string, object, string | undefined]>([
    [
      'a field that is not there',
      inPullRequest('comment { id }'),
      { extensions: { code: 'undefinedField' } },
      undefined,
    ],
    [
      'a repository that is not there',
      inPullRequest('id', 7, 'other'),
      { type: 'NOT_FOUND', path: ['repository'] },
      undefined,
    ],
    ['one that the token does not see', inPullRequest('id'), { type: 'NOT_FOUND' }, 'fake-stranger'],
    ['a pull request that is not there', inPullRequest('id', 8), { type: 'NOT_FOUND' }, undefined],
    [
      'more than a page',
      inPullRequest('comments(first: 101) { nodes { id } }'),
      { type: 'EXCESSIVE_PAGINATION' },
      undefined,
    ],
    [
      'everything at once',
      inPullRequest('comments { nodes { id } }'),
      { type: 'MISSING_PAGINATION_BOUNDARIES' },
      undefined,
    ],
    ['who may only read', add('x'), { type: 'FORBIDDEN', path: ['addComment'] }, 'fake-reader'],
    ['a blank comment', add(' '), { type: 'UNPROCESSABLE' }, undefined],
    ['a comment that is too long', add('x'.repeat(65_537)), { type: 'UNPROCESSABLE' }, undefined],
    ['a comment on nothing', add('x', 'PR_fake8'), { type: 'NOT_FOUND' }, undefined],
    ['a change of nothing', update('IC_fake1', 'x'), { type: 'NOT_FOUND' }, undefined],
  ])('%s', async (_, query, error, token) => {
    const { status, body } = await ask(query, {}, token)
    expect(status).toBe(200)
    expect((body as { errors: object[] }).errors).toEqual([expect.objectContaining(error)])
    expect(github.comments()).toEqual([])
  })

  test('an unknown token, a missing token, and an invalid query', async () => {
    expect((await ask(inPullRequest('id'), {}, 'fake-nobody')).status).toBe(401)
    expect((await ask(inPullRequest('id'), {}, 'constructor')).status).toBe(401)
    expect((await send(github, '/graphql', { method: 'POST' })).status).toBe(401)
    expect((await send(github, '/repos/owner/repo')).status).toBe(404)
    const headers = { authorization: 'bearer fake-writer' }
    expect((await send(github, '/graphql', { method: 'POST', headers, body: '{}' })).status).toBe(400)
  })
})

test('the longest comment is accepted', async () => {
  await ask(add('😀'.repeat(65_536)))
  expect(github.comments()).toHaveLength(1)
})

test('GitHub Enterprise Server has other paths', async () => {
  github = await startGitHub({ enterprise: true, repository: 'owner/other', pullRequests: [1] })
  expect(github.variables).toEqual({
    GITHUB_API_URL: `${github.url}/api/v3`,
    GITHUB_GRAPHQL_URL: `${github.url}/api/graphql`,
    GITHUB_REPOSITORY: 'owner/other',
  })
  expect(await ask(inPullRequest('number', 1, 'other'))).toMatchObject({
    status: 200,
    body: { data: { repository: { pullRequest: { number: 1 } } } },
  })
  expect(() => github.comments()).toThrow('no pull request 7')
})

test('requests can be intercepted', async () => {
  const remove = github.intercept(() => hangUp)
  await expect(ask(inPullRequest('id'))).rejects.toThrow('fetch failed')
  remove()
  expect((await ask(inPullRequest('id'))).status).toBe(200)
})
