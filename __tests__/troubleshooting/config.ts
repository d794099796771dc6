import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { apiError } from '../../emulator/reply.js'
import { against, inOneRun, type Scenario, type Scenarios } from './scenario.js'

/** Runs the action with this config file. */
function withConfig(text: string, inputs: Record<string, string> = {}): Scenario {
  return async () => {
    const workspace = await mkdtemp(path.join(tmpdir(), 'troubleshooting-'))
    try {
      await writeFile(path.join(workspace, 'secrets.yml'), text)
      return await against(
        {},
        (emulated) => {
          emulated.catalogs.createSchema('main.storage', { owner: 'ada@example.com' })
          emulated.intercept(({ method, path: asked }) =>
            method === 'POST' && asked.endsWith('unity-catalog/secrets')
              ? apiError(400, 'BAD_REQUEST', 'Not now.')
              : undefined,
          )
        },
        { scope: '', config: 'secrets.yml', secrets: '{"BLOB_KEY":"fake-value"}', ...inputs },
        { workspace },
      )
    } finally {
      await rm(workspace, { recursive: true })
    }
  }
}

const BLOB = 'secrets: { blob: BLOB_KEY }'
const ONE_SCOPE = `version: 1\nscopes: { storage: { ${BLOB} } }\n`

const INVALID = `version: 1
scopes:
  storage:
    secrets:
      blob: { from: BLOB_KEY, comment: Lake }
      shared: { from: BLOB_KEY, permissions: { team: READ } }
    envs: { token: DATABRICKS_TOKEN }
    secret: { blob: BLOB_KEY }
  empty: { prune: true }
  "\${missing}": { ${BLOB} }
  a.b: { ${BLOB} }
schemas:
  a.b: { ${BLOB} }
`

/** What is wrong with a config file, or has no effect in it. */
export const OF_CONFIG_FILES: Scenarios = {
  ...inOneRun(
    withConfig(INVALID, { 'config-variables': 'team=' }),
    'a secret of a scope has no comment.',
    'a scope has the same permissions for all of its secrets.',
    'a variable of this name belongs to the runner or is a credential of this run',
    'unknown field.',
    'the target names no secret.',
    'config-variables has no variable of this name.',
    'same name as the scope in line …',
    'the variable has no value.',
  ),
  ...inOneRun(
    withConfig(`version: 1\nscopes: { storage: { secrets: { blob: OTHER } }, "\${team}": { ${BLOB} } }`, {
      'config-variables': 'team=fake-token-of-ada',
    }),
    'the map of the step has no such name.',
    'the name of the target contains a credential of this run',
  ),
  ...inOneRun(
    withConfig('', { scope: 'storage', secrets: 'blob=fake-value' }),
    'the file must be a mapping with version and targets',
    'not used with config',
    'with config, this must be a JSON object',
  ),
  'not valid YAML.': withConfig('version: 1\nscopes: }\n'),
  'the config file names secrets of the map of the step, but there is none.': withConfig(ONE_SCOPE, {
    secrets: '',
  }),
  'has no effect without config.': withConfig(ONE_SCOPE, {
    config: '',
    scope: 'storage',
    'config-variables': 'a=b',
  }),
  ...inOneRun(
    withConfig(ONE_SCOPE.replace('\n', '\ndefaults: { owner: team }\n'), { 'config-variables': 'team=blue' }),
    'the config file does not use this variable.',
    'has no effect, because the file has no target that it applies to',
  ),
}

/** What a run with a config file finds later. */
export const OF_CONFIG_RUNS: Scenarios = {
  'The permission of "…" was not changed, because the secret "…" was not written.': withConfig(
    'version: 1\nschemas: { main.storage: { secrets: { blob: { from: BLOB_KEY, permissions: { auditors: READ SECRET } } } } }',
  ),
}
