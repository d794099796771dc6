import { createHash } from 'node:crypto'

import { apiError } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { CLIENT_ID, type Scene } from './scene.js'

const HOUR_MS = 3_600_000

/** Lines of the map that give each key a made-up value. */
function map(keys: readonly string[]): string {
  return keys.map((key) => `${key}=${valueOf(key)}`).join('\n')
}

function valueOf(key: string): string {
  return `fake-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
}

/** Makes the scope `storage` with these keys, which have the values of the map and this age in days. */
function storage({ store }: EmulatedWorkspace, ages: Readonly<Record<string, number>>): void {
  const scope = store.createScope('storage', { acls: { [CLIENT_ID]: 'MANAGE' } })
  for (const [key, days] of Object.entries(ages)) {
    // An hour more, so that the run does not come a moment too early for a whole day.
    scope.put(key, valueOf(key), Date.now() - (days * 24 + 1) * HOUR_MS)
  }
}

/** Writes another value than that of the map for these keys. */
function change({ store }: EmulatedWorkspace, keys: readonly string[]): void {
  for (const key of keys) store.scope('storage').put(key, 'fake-old-value')
}

function aged(days: number, keys: readonly string[]): Record<string, number> {
  return Object.fromEntries(keys.map((key) => [key, days]))
}

const KEYS = ['blob-key', 'db-password', 'kafka-truststore', 'smtp-password', 'stripe-api-key', 'tls-key']

const SYSTEMS =
  'adyen airbyte auth0 billing braze crm datadog docusign erp events fivetran github hubspot jira kafka looker ' +
  'mailgun mongo netsuite okta payroll postgres redis salesforce sap segment slack stripe twilio zendesk'
const KINDS = 'api-key api-url client-id client-secret password private-key signing-key token user webhook'
const MANY_KEYS = SYSTEMS.split(' ').flatMap((system) => KINDS.split(' ').map((kind) => `${system}-${kind}`))

/** What the README and docs show. All names are made up, and no value opens anything. */
export const SCENES: readonly Scene[] = [
  {
    name: 'success',
    shows: ['summary', 'log'],
    inputs: { secrets: map(KEYS), 'if-exists': 'compare' },
    prepare: (workspace) => {
      storage(workspace, aged(30, KEYS.slice(0, 4)))
      change(workspace, ['db-password'])
    },
    exitCode: 0,
  },
  {
    name: 'failure',
    shows: ['summary'],
    // How long it is tried would differ from picture to picture.
    inputs: { secrets: map(KEYS), prune: 'true', 'retry-timeout-seconds': '0' },
    prepare: (workspace) => {
      storage(workspace, aged(30, [...KEYS.slice(0, 3), 'old-api-key']))
      workspace.intercept(({ path, body }) => {
        const { key = '' } = (body ?? {}) as { key?: string }
        if (!path.endsWith('secrets/put') || !['kafka-truststore', 'tls-key'].includes(key)) return undefined
        const id = { 'x-request-id': '2f1b7c0e-4d5a-4b7e-9c3d-8a6f5e4d3c2b' }
        return apiError(503, 'TEMPORARILY_UNAVAILABLE', 'The service is temporarily unavailable.', id)
      })
    },
    exitCode: 1,
  },
  {
    name: 'dry-run',
    shows: ['summary'],
    inputs: { secrets: map(KEYS), 'if-exists': 'compare', prune: 'true', 'dry-run': 'true' },
    prepare: (workspace) => {
      storage(workspace, aged(30, [...KEYS.slice(0, 4), 'legacy-sftp-password', 'old-api-key']))
      change(workspace, ['db-password'])
    },
    exitCode: 0,
  },
  {
    name: 'many-keys',
    shows: ['summary'],
    inputs: {
      secrets: map(MANY_KEYS),
      'if-exists': 'compare',
      'max-age-days': '90',
      // A workspace on loopback needs no mercy.
      'requests-per-second': '0',
    },
    prepare: (workspace) => {
      const old = { 'crm-password': 412, 'erp-private-key': 371, 'okta-client-secret': 203 }
      storage(workspace, { ...aged(34, MANY_KEYS), ...old, 'sap-signing-key': 96 })
      change(workspace, ['billing-token', 'kafka-password'])
    },
    exitCode: 0,
  },
  {
    name: 'permissions',
    shows: ['summary'],
    inputs: {
      secrets: map(KEYS.slice(0, 2)),
      permissions: 'data-team=READ\nplatform-team=MANAGE\nada@example.com=READ',
    },
    prepare: (workspace) => {
      storage(workspace, aged(30, KEYS.slice(0, 2)))
      const { acls } = workspace.store.scope('storage')
      acls.set('platform-team', 'WRITE').set('ada@example.com', 'READ').set('interns', 'READ')
    },
    exitCode: 0,
  },
  {
    name: 'input-errors',
    shows: ['log'],
    inputs: {
      // A secret that is missing in both forms, a colon, a key that is there.
      secrets: 'blob-key:=null\ndb-password=\nkafka: truststore\nDB-PASSWORD=fake-value',
      'if-exists': 'sometimes',
    },
    exitCode: 1,
  },
]
