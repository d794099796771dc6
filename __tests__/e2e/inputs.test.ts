import { describe, expect, test } from '@jest/globals'

import { runStep } from '../runner/step.js'
import { expectRefused } from './refused-step.js'
import { everythingSaid, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-file.js'

// If this fails, a user does not know which link is about which error.
test('errors about several subjects have a link for each, with its name', async () => {
  const { log } = await syncTo(workspace, { host: '', permissions: 'data-team=ALL' })
  expect(log).toContain('of the repository, of the organization or of the environment that the job names.')
  expect(log).toMatch(/^Cause and fix: Invalid host: https:\S+#invalid-host$/m)
  expect(log).toMatch(/^Cause and fix: Permissions input: https:\S+#permissions-input$/m)
  const one = await syncTo(workspace, { host: '' })
  expect(one.log).toMatch(/^Cause and fix: https:\S+#invalid-host$/m)
})

describe('the inputs', () => {
  test('are refused: a boolean that is none, and a token as host, which is not shown', async () => {
    const step = await syncTo(workspace, { host: 'my-fake-token-of-ada', summary: 'x-fake' })
    expectRefused(
      workspace,
      step,
      'host: not a workspace address',
      'summary: ',
      'host: contains a credential',
    )
    expect(everythingSaid(step)).not.toMatch(/x-fake|token-of/)
  })

  test('are refused: those that are misspelt', async () => {
    const step = await syncTo(workspace, { prune: 'true', dryrun: 'true', 'prune-exlude': 'x-fake' })
    expectRefused(
      workspace,
      step,
      'dryrun: the action has no such input. Did you mean dry-run?',
      'prune-exlude: ',
    )
    expect(everythingSaid(step)).not.toContain('x-fake')
  })

  // Jobs and other actions have such variables.
  test('do not include other variables that begin with INPUT_', async () => {
    const env = { INPUT_PORT: '80', INPUT_SCORE: '1', INPUT_COST: '2', INPUT_HOSTS: 'a', INPUT_DRY: 'true' }
    const { exitCode } = await syncTo(workspace, {}, { env })
    expect(exitCode).toBe(0)
  })

  // Node ignores the file, and prints a warning to stderr.
  test('are refused: a file of certificates that does not exist', async () => {
    const env = { NODE_EXTRA_CA_CERTS: '/no/such/file.pem' }
    const { exitCode, log } = await syncTo(workspace, {}, { env, allowStderr: true })
    expect(exitCode).toBe(1)
    expect(log).toContain('Error: NODE_EXTRA_CA_CERTS: the file does not exist')
    expect(workspace.requests.all).toEqual([])
  })

  test('are refused: a file of certificates that contains none', async () => {
    const env = { NODE_EXTRA_CA_CERTS: import.meta.filename }
    const { exitCode, log } = await syncTo(workspace, {}, { env, allowStderr: true })
    expect([exitCode, log]).toEqual([
      1,
      expect.stringContaining('Error: NODE_EXTRA_CA_CERTS: the file cannot'),
    ])
    expect(workspace.requests.all).toEqual([])
  })

  test('have all their errors reported at once', async () => {
    const step = await runStep({ with: { secrets: 'a', 'create-scope': 'maybe' } })
    expectRefused(workspace, step, 'host: ', 'token: ', 'scope: ', 'create-scope: ', 'secrets, line 1: ')
  })

  // Other Databricks tools use the same variables, so a workflow need not repeat them.
  test('are read from their variables if they are empty', async () => {
    const env = {
      DATABRICKS_HOST: `${workspace.url}/?o=1`,
      DATABRICKS_TOKEN: ' fake-token-of-ada\n',
      DATABRICKS_WORKSPACE_ID: '23',
    }
    const { exitCode, log, summary } = await syncTo(workspace, { host: '', token: '' }, { env })
    expect(exitCode).toBe(0)
    const { url } = workspace
    expect(log).toContain(
      `Host            ${url}/?o=23 (host from DATABRICKS_HOST, workspace-id from DATABRICKS_WORKSPACE_ID)\n`,
    )
    expect(summary).toContain(
      `(${url}/?o=23) (\`host from DATABRICKS_HOST\`, \`workspace-id from DATABRICKS_WORKSPACE_ID\`)`,
    )
    expect(workspace.requests.all[0]?.headers).toMatchObject({
      authorization: 'Bearer fake-token-of-ada',
      'x-databricks-workspace-id': '23',
    })
  })

  // A forgotten variable in the job must not send the secrets to another workspace.
  test('take precedence over their variables', async () => {
    const env = {
      DATABRICKS_HOST: 'https://other.invalid',
      DATABRICKS_TOKEN: 'fake-token-of-nobody',
      DATABRICKS_WORKSPACE_ID: '23',
    }
    const { exitCode, annotations, log } = await syncTo(workspace, { 'workspace-id': '45' }, { env })
    expect(exitCode).toBe(0)
    expect(log).toContain(`Host            ${workspace.url}/?o=45\n`)
    expect(workspace.requests.all[0]?.headers).toMatchObject({
      authorization: 'Bearer fake-token-of-ada',
      'x-databricks-workspace-id': '45',
    })
    expect(annotations).toEqual([])
  })

  test('that name two workspaces cause a warning', async () => {
    const { annotations } = await syncTo(workspace, { host: `${workspace.url}/?o=1`, 'workspace-id': '45' })
    expect(annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringContaining('warning: workspace-id names another workspace than host, which names 1'),
    ])
    const same = await syncTo(workspace, { host: `${workspace.url}/?o=45`, 'workspace-id': '45' })
    expect(same.annotations).toEqual([])
  })

  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['the input host, over a variable', { host: '?o=1' }, { DATABRICKS_WORKSPACE_ID: '2' }, '1'],
    ['an input, over the input host', { host: '?o=1', 'workspace-id': 'conn-2' }, {}, 'conn-2'],
    ['an input, over the variable host', { 'workspace-id': '2' }, { DATABRICKS_HOST: '?o=1' }, '2'],
    [
      'a variable, over the variable host',
      {},
      { DATABRICKS_HOST: '?w=1', DATABRICKS_WORKSPACE_ID: '2' },
      '2',
    ],
  ])('name the workspace in this order, with a warning: %s', async (_, inputs, env, id) => {
    const address = (query?: string) => (query === undefined ? {} : { host: `${workspace.url}/${query}` })
    const variables =
      'DATABRICKS_HOST' in env ? { DATABRICKS_HOST: `${workspace.url}/${env['DATABRICKS_HOST']}` } : {}
    const step = await syncTo(
      workspace,
      { ...inputs, host: '', ...address(inputs['host']) },
      { env: { ...env, ...variables } },
    )
    expect(workspace.requests.all[0]?.headers['x-databricks-workspace-id']).toBe(id)
    expect(step.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/names another workspace than/),
    ])
  })

  // A JSON map of all secrets contains the token of this run. Every reader of the scope could use it.
  test('leave the credential of this run out of a JSON map, with a notice', async () => {
    const secrets = JSON.stringify({
      DATABRICKS_TOKEN: 'fake-token-of-ada',
      KEY: 'fake',
      github_token: 'fake-github',
    })
    const { annotations, outputs } = await syncTo(workspace, { secrets, scope: 'all', include: '*' })
    expect(outputs['created']).toBe('["KEY"]')
    expect(annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringContaining('notice: DATABRICKS_TOKEN was left out'),
      expect.stringContaining('notice: github_token was left out'),
    ])
  })

  test('leave it out without its name if the name contains it', async () => {
    const secrets = JSON.stringify({ 'MY-fake-token-of-ada': 'fake-token-of-ada', KEY: 'fake' })
    const step = await syncTo(workspace, { secrets, scope: 'all-but-one' })
    expect(step.exitCode).toBe(0)
    expect(step.outputs['created']).toBe('["KEY"]')
    expect(everythingSaid(step)).not.toContain('token-of-ada')
  })
})
