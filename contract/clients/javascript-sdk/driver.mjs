// Carries out operations with the JavaScript SDK: a line of JSON for each on stdin, a line of JSON for each on stdout.
// The first line out names the SDK's version. Started as `node driver.mjs FOLDER`, where the SDK is installed in FOLDER.
import { Console } from 'node:console'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'

// Whatever the SDK has to say must not end up between the answers.
globalThis.console = new Console(process.stderr)

const require = createRequire(path.join(process.argv[2], 'package.json'))
const { WorkspaceClient } = require('@databricks/sdk-experimental')
const { version } = require('@databricks/sdk-experimental/package.json')

const clients = new Map()

/** A client for each target, as a program would keep one. */
function clientFor({ host, token, signIn, workspaceId }) {
  const id = JSON.stringify([host, token, signIn, workspaceId])
  const client = clients.get(id) ?? new WorkspaceClient(configOf({ host, token, signIn, workspaceId }))
  clients.set(id, client)
  return client
}

/** The SDK names the workspace in a request only if it is told that the host serves several. */
function configOf({ host, token, signIn, workspaceId }) {
  if (signIn !== undefined) {
    const { authType, clientId, clientSecret } = signIn
    return { host, authType, clientId, clientSecret }
  }
  return workspaceId === undefined
    ? { host, token }
    : { host, token, workspaceId, experimentalIsUnifiedHost: true }
}

async function all(iterable) {
  const elements = []
  for await (const element of iterable) elements.push(element)
  return elements
}

/** `cannotSay` in client.ts says why. */
const CANNOT_SAY = new Set([
  'putNotJson',
  'createCatalogSecret',
  'updateCatalogSecret',
  'deleteCatalogSecret',
  'getCatalogSecret',
  'readCatalogSecret',
  'listCatalogSecrets',
  'changeGrants',
  'deployBundle',
])

/** Each list, as the SDK reads all its pages. */
const LISTS = {
  clusters: ({ clusters }, size, sources) =>
    clusters.list({
      ...(size === undefined ? {} : { page_size: size }),
      ...(sources === undefined ? {} : { filter_by: { cluster_sources: sources } }),
    }),
  jobs: ({ jobs }, size) => jobs.list({ expand_tasks: true, ...(size === undefined ? {} : { limit: size }) }),
  clusterPolicies: ({ clusterPolicies }) => clusterPolicies.list({}),
  pipelines: ({ pipelines }, size) =>
    pipelines.listPipelines(size === undefined ? {} : { max_results: size }),
  servingEndpoints: ({ servingEndpoints }) => servingEndpoints.list(),
  apps: ({ apps }, size) => apps.list(size === undefined ? {} : { page_size: size }),
}

/** A job with all its tasks, whose pages the SDK leaves to its user. */
async function wholeJob({ jobs }, id) {
  const job = await jobs.get({ job_id: id })
  for (let token = job.next_page_token; token;) {
    const { settings, next_page_token: next } = await jobs.get({ job_id: id, page_token: token })
    for (const field of ['tasks', 'job_clusters']) {
      job.settings[field] = [...(job.settings[field] ?? []), ...(settings[field] ?? [])]
    }
    token = next
  }
  return job
}

const GETS = {
  jobs: (client, id) => wholeJob(client, Number(id)),
  pipelines: ({ pipelines }, id) => pipelines.get({ pipeline_id: id }),
  servingEndpoints: ({ servingEndpoints }, name) => servingEndpoints.get({ name }),
}

/** What each operation is in the SDK's terms, and its answer in the contract's. */
const OPERATIONS = {
  async createScope({ secrets }, { scope, initialManagePrincipal, keyVault }) {
    await secrets.createScope({
      scope,
      ...(initialManagePrincipal === undefined ? {} : { initial_manage_principal: initialManagePrincipal }),
      ...(keyVault === undefined
        ? {}
        : {
            scope_backend_type: 'AZURE_KEYVAULT',
            backend_azure_keyvault: { resource_id: keyVault.resourceId, dns_name: keyVault.dnsName },
          }),
    })
    return null
  },
  async listScopes({ secrets }) {
    return (await all(secrets.listScopes())).map(({ name, backend_type, keyvault_metadata }) => ({
      name,
      backend: backend_type,
      ...(keyvault_metadata === undefined ? {} : { vault: keyvault_metadata.dns_name }),
    }))
  },
  async deleteScope({ secrets }, { scope }) {
    await secrets.deleteScope({ scope })
    return null
  },
  async putString({ secrets }, { scope, key, value }) {
    await secrets.putSecret({ scope, key, string_value: value })
    return null
  },
  async putBytes({ secrets }, { scope, key, base64 }) {
    await secrets.putSecret({ scope, key, bytes_value: base64 })
    return null
  },
  async putBoth({ secrets }, { scope, key }) {
    await secrets.putSecret({ scope, key, string_value: 'fake', bytes_value: 'ZmFrZQ==' })
    return null
  },
  async putNeither({ secrets }, { scope, key }) {
    await secrets.putSecret({ scope, key })
    return null
  },
  async putNotBase64({ secrets }, { scope, key }) {
    await secrets.putSecret({ scope, key, bytes_value: 'not base64!' })
    return null
  },
  async deleteSecret({ secrets }, { scope, key }) {
    await secrets.deleteSecret({ scope, key })
    return null
  },
  async getSecret({ secrets }, { scope, key }) {
    const secret = await secrets.getSecret({ scope, key })
    return { key: secret.key, base64: secret.value }
  },
  async listSecrets({ secrets }, { scope }) {
    return (await all(secrets.listSecrets({ scope }))).map(({ key, last_updated_timestamp }) => ({
      key,
      lastUpdated: last_updated_timestamp,
    }))
  },
  async putAcl({ secrets }, { scope, principal, permission }) {
    await secrets.putAcl({ scope, principal, permission })
    return null
  },
  async deleteAcl({ secrets }, { scope, principal }) {
    await secrets.deleteAcl({ scope, principal })
    return null
  },
  async getAcl({ secrets }, { scope, principal }) {
    const acl = await secrets.getAcl({ scope, principal })
    return { principal: acl.principal, permission: acl.permission }
  },
  async listAcls({ secrets }, { scope }) {
    return (await all(secrets.listAcls({ scope }))).map(({ principal, permission }) => ({
      principal,
      permission,
    }))
  },
  async getSchema({ schemas }, { schema }) {
    const { full_name: fullName, owner } = await schemas.get({ full_name: schema })
    return { fullName, owner }
  },
  async listGrants({ grants }, { on }) {
    const { privilege_assignments: assignments = [] } = await grants.get({
      securable_type: on.type,
      full_name: on.fullName,
    })
    return assignments.map(({ principal, privileges }) => ({ principal, privileges }))
  },
  async listConsumers(client, { kind, pageSize, sources }) {
    const listed = await all(LISTS[kind](client, pageSize, sources))
    return Promise.all(listed.map((one) => (one.has_more ? wholeJob(client, one.job_id) : one)))
  },
  async getConsumer(client, { kind, id }) {
    return GETS[kind](client, id)
  },
  async getWarehousesConfig({ warehouses }) {
    return warehouses.getWorkspaceWarehouseConfig()
  },
  async whoAmI({ currentUser }) {
    const { userName, groups = [] } = await currentUser.me()
    return { name: userName, groups: groups.map(({ display }) => display) }
  },
}

/** What the SDK threw; its network errors have a `code` of their own where its ApiError has an `errorCode`. */
function errorOf(error) {
  const { errorCode, code = errorCode, statusCode, message } = error
  return {
    kind: error.constructor.name,
    ...(code === undefined ? {} : { code: String(code) }),
    ...(statusCode === undefined ? {} : { status: statusCode }),
    text: message,
  }
}

/** Throws when it is the driver that is wrong, which ends it: only what the SDK throws is an answer. */
async function answerTo({ operation, ...target }) {
  if (CANNOT_SAY.has(operation.do)) return { cannotSay: true }
  const carryOut = OPERATIONS[operation.do]
  if (carryOut === undefined) throw new Error(`There is no operation ${operation.do}.`)
  const client = clientFor(target)
  try {
    return { answer: await carryOut(client, operation) }
  } catch (error) {
    // dist/config/DefaultCredentials.js, 0.17.0: its chain has nothing of that name.
    const isUnknownWay = error.message.includes('cannot configure default credentials')
    if (target.signIn !== undefined && isUnknownWay) return { cannotSay: true }
    return { error: errorOf(error) }
  }
}

function print(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

print({ version })
for await (const line of createInterface({ input: process.stdin })) print(await answerTo(JSON.parse(line)))
// An answer that never came would keep the process for as long as its connection lasts.
process.exit()
