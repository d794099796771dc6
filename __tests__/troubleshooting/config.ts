import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { apiError } from '../../emulator/reply.js'
import { against, type Scenario, type Scenarios } from './scenario.js'

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

/** A config file with one scope, and these fields. */
function withScope(fields: string, inputs: Record<string, string> = {}): Scenario {
  return withConfig(`version: 1\nscopes:\n  storage:\n    ${fields}\n`, inputs)
}

const BLOB = 'secrets: { blob: BLOB_KEY }'

/** What is wrong with a config file, or has no effect in it. */
export const OF_CONFIG_FILES: Scenarios = {
  'the map of the step has no such name.': withScope('secrets: { blob: OTHER }'),
  'not used with config': withScope(BLOB, { scope: 'storage' }),
  'has no effect without config.': withScope(BLOB, {
    config: '',
    scope: 'storage',
    'config-variables': 'a=b',
  }),
  'with config, this must be a JSON object': withScope(BLOB, { secrets: 'blob=fake-value' }),
  'the config file names secrets of the map of the step, but there is none.': withScope(BLOB, {
    secrets: '',
  }),
  'the file must be a mapping with version and targets': withConfig(''),
  'not valid YAML.': withConfig('version: 1\nscopes: }\n'),
  'unknown field.': withScope('secret: { blob: BLOB_KEY }'),
  'the target names no secret.': withScope('prune: true'),
  'config-variables has no variable of this name.': withConfig(
    'version: 1\nscopes: { "${team}": { max-age-days: 9 } }',
  ),
  'the variable has no value.': withScope(BLOB, { 'config-variables': 'team=' }),
  'same name as the scope in line …': withConfig(
    `version: 1\nscopes: { a.b: { ${BLOB} } }\nschemas: { a.b: { ${BLOB} } }\n`,
  ),
  'a variable of this name belongs to the runner or is a credential of this run': withScope(
    'envs: { blob: DATABRICKS_TOKEN }',
  ),
  'a secret of a scope has no comment.': withScope('secrets: { blob: { from: BLOB_KEY, comment: Lake } }'),
  'a scope has the same permissions for all of its secrets.': withScope(
    'secrets: { blob: { from: BLOB_KEY, permissions: { team: READ } } }',
  ),
  'the name of the target contains a credential of this run': withConfig(
    `version: 1\nscopes: { "\${team}": { ${BLOB} } }`,
    { 'config-variables': 'team=fake-token-of-ada' },
  ),
  'the config file does not use this variable.': withScope(BLOB, { 'config-variables': 'team=blue' }),
  'has no effect, because the file has no target that it applies to': withConfig(
    `version: 1\ndefaults: { owner: team }\nscopes: { storage: { ${BLOB} } }\n`,
  ),
}

/** What a run with a config file finds later. */
export const OF_CONFIG_RUNS: Scenarios = {
  'The permission of "…" was not changed, because the secret "…" was not written.': withConfig(
    'version: 1\nschemas: { main.storage: { secrets: { blob: { from: BLOB_KEY, permissions: { auditors: READ SECRET } } } } }',
  ),
}
