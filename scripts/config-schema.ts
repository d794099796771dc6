import { readFileSync } from 'node:fs'
import path from 'node:path'

import { parse } from 'yaml'

import {
  concerns,
  NOT_INHERITED,
  OPTION_FIELDS,
  PRIVILEGES,
  type OptionField,
  type TargetKind,
  type TargetOption,
} from '../src/inputs/config/target-fields.js'

type Schema = Readonly<Record<string, unknown>>

const ACTION = path.resolve(import.meta.dirname, '..', 'action.yml')

/** For options that the file has in another form than action.yml, or that action.yml does not have. */
const DESCRIPTIONS: Partial<Record<TargetOption, string>> = {
  include:
    'Also write the names of the JSON or dotenv map that match one of these patterns, with `*` and `?`, case-insensitive',
  exclude: 'Leave out the names that match one of these patterns; exclude takes precedence over include',
  'key-strip-prefix': 'Remove this prefix, case-insensitive, from the names that include selects',
  'key-case':
    'Convert the names that include selects to this case: keep, lower, upper, kebab (`api-key`) or snake (`api_key`)',
  'key-prefix': 'Add this prefix to the names that include selects; prune deletes only keys with this prefix',
  prune: 'Delete the keys of the target that the file does not name, after all secrets are written',
  'prune-exclude': 'Do not delete keys that match one of these patterns, with `*` and `?`',
  permissions:
    "Permissions by principal: a user's e-mail address, a group's display name or a service principal's application ID",
  'max-age-days': 'Report keys that were last updated more than this number of days ago',
  'permissions-exact': 'Also remove the permissions of principals that permissions does not name',
  owner: 'Owner of the secrets that this run creates, such as a group',
  comment: 'Comment of the secrets',
  'expire-after-days': 'Set the expiry time of written secrets to this number of days ahead',
  consumers: 'Report what refers to the keys of this run, and do not delete a key that something refers to',
}

/**
 * The JSON Schema (draft 7) of the config file, for editors. It comes from the table of options in `src`, with the descriptions
 * of action.yml.
 */
export function configSchema(): Schema {
  const { inputs } = parse(readFileSync(ACTION, 'utf8')) as {
    inputs: Record<string, { description: string }>
  }
  const optionsOf = (kinds: readonly TargetKind[], isDefaults = false): Record<string, Schema> =>
    Object.fromEntries(
      [...OPTION_FIELDS]
        .filter(([option]) => kinds.some((kind) => concerns(option, kind)))
        .filter(([option]) => !isDefaults || !NOT_INHERITED.includes(option))
        .map(([option, field]) => [
          option,
          {
            description: DESCRIPTIONS[option] ?? inputs[option]?.description ?? '',
            ...(field.default !== undefined && field.default !== '' && { default: field.default }),
            ...formOf(field, kinds),
          },
        ]),
    )
  const target = (kind: TargetKind): Schema => ({
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      secrets: entries(kind, 'Keys, each with a name of the JSON or dotenv map that the step gets'),
      files: entries(kind, 'Keys, each with the path of a file; the value is the bytes of the file'),
      envs: entries(kind, 'Keys, each with the name of an environment variable of the step'),
      ...optionsOf([kind]),
    },
  })
  const targets = (kind: TargetKind, description: string, pattern?: string): Schema => ({
    description,
    type: 'object',
    minProperties: 1,
    ...(pattern !== undefined && { propertyNames: { pattern } }),
    additionalProperties: { $ref: `#/definitions/${kind}` },
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Config file of databricks-secrets-sync',
    description: 'Which secrets of a step go to which scopes and schemas. It contains names and no values.',
    type: 'object',
    additionalProperties: false,
    required: ['version'],
    anyOf: [{ required: ['scopes'] }, { required: ['schemas'] }],
    properties: {
      version: { description: 'Version of the format', enum: [1, '1'] },
      defaults: {
        description: 'Options for every target that they concern; the options of a target take precedence',
        type: 'object',
        additionalProperties: false,
        properties: optionsOf(['scope', 'schema'], true),
      },
      scopes: targets('scope', 'Secret scopes by name; ${name} is a variable of config-variables'),
      schemas: targets(
        'schema',
        'Schemas of Unity Catalog as catalog.schema; ${name} is a variable of config-variables',
        '\\.|\\$\\{',
      ),
    },
    definitions: {
      scope: target('scope'),
      schema: target('schema'),
      patterns: {
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'array', items: { type: 'string', minLength: 1 } },
        ],
      },
      scopePermissions: permissions(['scope']),
      schemaPermissions: permissions(['schema']),
      anyPermissions: permissions(['scope', 'schema']),
    },
  }
}

function entries(kind: TargetKind, description: string): Schema {
  const name = { type: 'string', minLength: 1 }
  const longForm = {
    type: 'object',
    additionalProperties: false,
    required: ['from'],
    properties: {
      from: name,
      ...(kind === 'schema' && {
        comment: { description: 'Comment of this secret', type: 'string' },
        permissions: {
          description: 'Permissions on this secret alone',
          $ref: '#/definitions/schemaPermissions',
        },
      }),
    },
  }
  return {
    description,
    type: 'object',
    minProperties: 1,
    propertyNames: { pattern: '^[A-Za-z0-9_.-]+$' },
    additionalProperties: { anyOf: [name, longForm] },
  }
}

function formOf(field: OptionField, kinds: readonly TargetKind[]): Schema {
  if (field.form === 'patterns') return { $ref: '#/definitions/patterns' }
  if (field.form === 'permissions')
    return { $ref: `#/definitions/${kinds.length > 1 ? 'any' : (kinds[0] ?? '')}Permissions` }
  if (field.choices !== undefined) return { enum: field.choices }
  if (field.min !== undefined) return { type: 'integer', minimum: field.min, maximum: field.max }
  return { type: typeof field.default === 'boolean' ? 'boolean' : 'string' }
}

/** A privilege of a schema may also have underscores, as in the API. */
function permissions(kinds: readonly TargetKind[]): Schema {
  const privileges = kinds.flatMap((kind) => PRIVILEGES[kind])
  const spellings = privileges.flatMap((privilege) => [
    ...new Set([privilege, privilege.replaceAll(' ', '_')]),
  ])
  const one = { enum: spellings }
  const list = { type: 'array', minItems: 1, uniqueItems: true, items: one }
  return {
    type: 'object',
    additionalProperties: kinds.includes('schema') ? { anyOf: [one, list] } : one,
  }
}
