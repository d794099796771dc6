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
  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['no host', { host: '' }, {}, 'host: not set'],
    // A token that was pasted here would be sent to the DNS as a host name.
    ['a host without a dot', { host: 'x-fake' }, {}, 'host: not a workspace address'],
    [
      'http to another machine',
      { host: 'http://x.cloud.databricks.com' },
      {},
      'host: does not start with https://',
    ],
    ['user info in the host', { host: 'https://a:fake@x.example' }, {}, 'host: contains a user name'],
    [
      'the account console',
      { host: 'https://accounts.cloud.databricks.com' },
      {},
      'host: is the address of the account console',
    ],
    ['a workspace id that is none', { 'workspace-id': 'a b' }, {}, 'workspace-id: not a workspace id'],
    [
      'a workspace id that is too long',
      { 'workspace-id': '1'.repeat(129) },
      {},
      'workspace-id: not a workspace id',
    ],
    [
      'a token for a workspace id',
      { 'workspace-id': 'fake-token-of-ada' },
      {},
      'workspace-id: contains a credential of this run',
    ],
    [
      'a workspace id of a variable that is none',
      {},
      { DATABRICKS_WORKSPACE_ID: 'a/c' },
      'DATABRICKS_WORKSPACE_ID: not a workspace id',
    ],
    ['no token', { token: '' }, {}, 'token: not set'],
    ['a token with a line break', { token: 'fake\r\nx-fake: y' }, {}, 'token: contains a space'],
    ['a token with its scheme', { token: 'Bearer fake' }, {}, 'token: contains a space'],
    ['no scope', { scope: ' ' }, {}, 'scope: not set'],
    [
      'a key of 129 characters',
      { secrets: `${'k'.repeat(129)}=v` },
      {},
      'secrets, line 1: the key has more than 128',
    ],
    ['a scope of 129 characters', { scope: 's'.repeat(129) }, {}, 'scope: has more than 128'],
    // The name is printed, and the runner would run the command in it.
    ['a scope with a command', { scope: 'a##[error]x-fake' }, {}, 'scope: contains two number signs'],
    ['a scope of two lines', { scope: 'a\nb' }, {}, 'scope: contains a control character'],
    ['a boolean that is none', { 'create-scope': 'yes' }, {}, 'create-scope: must be true or false'],
    ['an empty boolean', { summary: '' }, {}, 'summary: must be true or false'],
    [
      'an unknown principal',
      { 'initial-manage-principal': 'admins' },
      {},
      'initial-manage-principal: must be auto, users or creator',
    ],
    ['no secret', { secrets: '' }, {}, 'secrets: no secret is named'],
    // Node would print the requests with the token, before the masks are registered.
    ['debug output of Node', {}, { NODE_DEBUG: 'http,net' }, 'NODE_DEBUG: set'],
    [
      'keys of TLS in a file',
      {},
      { NODE_OPTIONS: '--tls-keylog=/dev/null' },
      'NODE_OPTIONS: contains --tls-keylog',
    ],
    [
      'a proxy that cannot be read',
      {},
      { HTTPS_PROXY: 'http://u:x-fake%ss@h' },
      'HTTPS_PROXY: not a valid address of a proxy',
    ],
    [
      'checks of certificates switched off',
      {},
      { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      'NODE_TLS_REJECT_UNAUTHORIZED: ',
    ],
  ])('are refused: %s', async (_, inputs, env, beginning) => {
    const step = await syncTo(workspace, inputs, { env })
    expectRefused(workspace, step, beginning)
    expect(everythingSaid(step)).not.toMatch(/fake@|x-fake/)
  })

  // The runner passes on unknown inputs, and fills in the default of the input that was meant. The run would write and delete.
  test.each<[string, Record<string, string>, string[]]>([
    ['misspelt', { dryrun: 'true' }, ['dryrun: the action has no such input. Did you mean dry-run?']],
    ['spelled with an underscore', { dry_run: 'true' }, ['dry_run: ']],
    ['misspelt, beside other errors', { 'dry-rnu': 'true', verify: 'yes' }, ['dry-rnu: ', 'verify: ']],
    [
      'misspelt, several of them',
      { dryrun: 'true', 'prune-exlude': 'x-fake', purne_limit: '1' },
      ['dryrun: ', 'prune-exlude: ', 'purne_limit: '],
    ],
    ['required, and misspelt', { sope: 'x-fake', scope: '' }, ['sope: ', 'scope: not set']],
  ])('are refused: one that is %s', async (_, inputs, beginnings) => {
    const step = await syncTo(workspace, { prune: 'true', ...inputs })
    expectRefused(workspace, step, ...beginnings)
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

  // Host and scope are printed, and the host is sent to the DNS, so a token there would be public.
  test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    [
      'a host that holds the token',
      { host: 'https://fake-token-of-ada.cloud.databricks.com' },
      {},
      ['host: contains a credential of this run'],
    ],
    [
      'a host of a variable that holds the token',
      { host: '' },
      { DATABRICKS_HOST: 'https://x.example/?t=fake-token-of-ada' },
      ['host: contains a credential of this run'],
    ],
    [
      'a scope that holds the token',
      { scope: 'my-fake-token-of-ada' },
      {},
      ['scope: contains a credential of this run'],
    ],
    [
      'a scope that is the token',
      { scope: 'fake-token-of-ada' },
      {},
      ['scope: contains a credential of this run'],
    ],
    [
      'the token as host, and the host as token',
      { host: 'fake-token-of-ada', token: 'https://x.cloud.databricks.com' },
      {},
      ['host: not a workspace address'],
    ],
    // With its dots, it looks like a name.
    [
      'a token of OAuth as host, and the host as token',
      { host: `fake.token-of.${'fake'.repeat(16)}`, token: 'https://x.cloud.databricks.com' },
      {},
      ['host: not a workspace address'],
    ],
  ])('are refused: %s, and it is not shown', async (_, inputs, env, beginnings) => {
    const step = await syncTo(workspace, inputs, { env })
    expectRefused(workspace, step, ...beginnings)
    expect(everythingSaid(step)).not.toMatch(/token-of|of-ada/)
  })

  // Some people use a part of a certificate as a key, and every user of the workspace can read keys.
  test.each([
    ['a line', { 'fake-line-two': 'fake-line-one\nfake-line-two' }],
    ['a string of JSON', { 'fake-leaf': '{"a":["fake-leaf"]}' }],
    ['what stands between quotes', { 'fake-quoted': "'fake-quoted'" }],
  ])('are refused: a key that contains %s of a value, and it is not shown', async (_, map) => {
    const step = await syncTo(workspace, { secrets: JSON.stringify(map) })
    expectRefused(workspace, step, 'secrets, ')
    expect(step.log).toContain('the key contains a value of this map')
    expect(everythingSaid(step)).not.toMatch(/fake-(?:line|leaf|quoted)/)
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
