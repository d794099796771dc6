import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { FAKE_GITHUB_TOKEN } from '../__tests__/runner/environment.js'
import type { JobIdentity, OurStep } from '../__tests__/runner/workflow/play-workflow.js'
import type { Texts } from '../__tests__/runner/workflow/workflow-file.js'
import { EmulatedGitHubApi } from '../emulator/github-api.js'
import { EmulatedGitHub } from '../emulator/github.js'
import type { Permission } from '../emulator/permissions.js'
import type { Privilege } from '../emulator/privileges.js'
import type { ServicePrincipalPolicy } from '../emulator/service-principals.js'
import { EmulatedWorkspace } from '../emulator/workspace.js'

const USER = 'ada@example.com'
const RANKS: readonly Permission[] = ['READ', 'WRITE', 'MANAGE']

/** A target as the inputs or the config file describe it. */
type Options = Readonly<Record<string, unknown>>

/** An emulated workspace and a GitHub, set up as a workflow and its config files need it. */
export class WorkflowWorkspace {
  readonly secrets: Texts
  readonly vars: Texts
  /** The names of the secrets that have made-up values. */
  readonly madeUp: readonly string[]
  readonly workspace: EmulatedWorkspace
  readonly github: EmulatedGitHubApi
  readonly #policies: ServicePrincipalPolicy[]
  readonly #issuers = new Map<string, EmulatedGitHub>()

  private constructor(
    given: Pick<WorkflowWorkspace, 'secrets' | 'vars' | 'madeUp' | 'workspace' | 'github'>,
    policies: ServicePrincipalPolicy[],
  ) {
    this.secrets = given.secrets
    this.vars = given.vars
    this.madeUp = given.madeUp
    this.workspace = given.workspace
    this.github = given.github
    this.#policies = policies
  }

  /**
   * Starts them.
   *
   * @param workflow the text of the workflow
   * @param configs the texts of its config files, whose names of secrets are in capitals
   */
  static async start(
    workflow: string,
    configs: string,
    secrets: Texts,
    vars: Texts,
  ): Promise<WorkflowWorkspace> {
    const text = `${workflow}\n${configs}`
    const named = namesIn(
      workflow,
      /(?<![\w/-])secrets(?:\.|\[')(\w+)/gi,
      configs,
      /:\s*(?!(?:READ|WRITE|MANAGE)\s*$)([A-Z][A-Z\d_]+)\s*$/gm,
    )
    const unset = named.filter((name) => !/^github_token$/i.test(name) && !has(secrets, name))
    const ids = namesIn(workflow, /\b(?:vars|secrets)(?:\.|\[')(\w*client_id)\b/gi)
    const idOf = Object.fromEntries(
      ids.map((name, index) => [name, `00000000-0000-4000-8000-${`a${index + 1}`.padStart(12, '0')}`]),
    )
    const tokens = namesIn(workflow, /(?<![-\w])(?:databricks_)?token:\s*\$\{\{\s*secrets\.(\w+)/gi)
    const clientSecrets = namesIn(workflow, /client[-_]secret:\s*\$\{\{\s*secrets\.(\w+)/gi)
    const values: Texts = {
      ...Object.fromEntries(
        unset.map((name) => [name, idOf[name] ?? `made-up-${randomBytes(12).toString('hex')}`]),
      ),
      ...secrets,
    }
    const valuesOf = (names: readonly string[]): string[] => names.flatMap((name) => values[name] ?? [])
    const policies: ServicePrincipalPolicy[] = []
    const applicationIds = new Set([
      ...ids.map((name) => vars[name] ?? values[name] ?? idOf[name] ?? ''),
      ...namesIn(workflow, /client[-_]id:\s*['"]?([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})/gi),
    ])
    const workspace = await EmulatedWorkspace.start({
      identities: valuesOf(tokens).map((token) => ({ token, name: USER })),
      servicePrincipals: [...applicationIds].map((applicationId) => ({
        applicationId,
        clientSecrets: valuesOf(clientSecrets),
        policies,
      })),
      discovery: 'config',
      defaultAudiences: ['fake-audience'],
      apiScopes: ['all-apis', 'secrets', 'unity-catalog'],
      principals: namesIn(
        text,
        /^\s*["']?([^\s=:"'][^=:"'\n]*?)["']?\s*[=:]\s*(?:READ|WRITE|MANAGE|REFERENCE SECRET|CREATE SECRET)\b/gm,
        text,
        /^\s*owner:\s*["']?([^"'\n]+?)["']?\s*$/gm,
      ),
    })
    const github = await EmulatedGitHubApi.start({
      accounts: { [FAKE_GITHUB_TOKEN]: { login: 'github-actions[bot]', access: 'write' } },
    })
    const hosts = namesIn(workflow, /\bvars(?:\.|\[')(\w*host\w*)/gi)
    return new WorkflowWorkspace(
      {
        secrets: values,
        vars: { ...idOf, ...vars, ...Object.fromEntries(hosts.map((name) => [name, workspace.url])) },
        madeUp: unset,
        workspace,
        github,
      },
      policies,
    )
  }

  /** The variables of the runner for a job. With `id-token: write`, each service principal trusts the subject of the job. */
  async variablesOf({ permissions, subject }: JobIdentity): Promise<Texts> {
    let issuer = this.#issuers.get(subject)
    if (permissions['id-token'] === 'write' && issuer === undefined) {
      issuer = await EmulatedGitHub.start({ subject, repository: 'owner/repo' })
      this.#issuers.set(subject, issuer)
      this.#policies.push({
        issuer: issuer.issuer,
        jwksUri: issuer.jwksUri,
        subject,
        audiences: ['fake-audience'],
      })
    }
    return {
      ...(permissions['id-token'] === 'write' && issuer?.variables),
      ...(permissions['pull-requests'] === 'write' && this.github.variables),
    }
  }

  /**
   * Creates what a step expects to exist, with the permissions that it needs, and returns its inputs with the host of the
   * emulated workspace, so that no request leaves this machine.
   *
   * @throws Error on inputs of a sign-in that the emulated workspace does not have
   */
  prepare({ with: inputs, env, workspace: folder }: OurStep): Texts {
    if (Object.keys(inputs).some((name) => name.startsWith('azure-'))) {
      throw new Error('This command cannot play a sign-in with Microsoft Entra ID: use client-id, or token.')
    }
    const who = (inputs['client-id'] || env['DATABRICKS_CLIENT_ID']) ?? USER
    for (const [kind, name, options] of targetsOf(inputs, folder)) {
      try {
        if (kind === 'schema') this.#openSchema(name, who, options)
        else if (this.#mustExist(name, options)) this.#openScope(name, who, options)
      } catch {
        // An invalid name is for the action to report.
      }
    }
    return { ...inputs, host: this.workspace.url }
  }

  /** Stops both. */
  async close(): Promise<void> {
    await Promise.all(
      [this.workspace, this.github, ...this.#issuers.values()].map(async (server) => server.close()),
    )
  }

  /** A run without secrets only reports, and so cannot create the scope. */
  #mustExist(name: string, options: Options): boolean {
    const hasSecrets = Object.keys(options).some((option) => /^(secret|files$|envs$|include$)/.test(option))
    return String(options['create-scope']) === 'false' || !hasSecrets || this.workspace.store.has(name)
  }

  #openScope(name: string, who: string, options: Options): void {
    const { store } = this.workspace
    const { acls } = store.has(name) ? store.scope(name) : store.createScope(name, { acls: {} })
    const needed = options['permissions'] ? 'MANAGE' : isDryRun(options) ? 'READ' : 'WRITE'
    const existing = acls.get(who)
    if (existing === undefined || RANKS.indexOf(existing) < RANKS.indexOf(needed)) acls.set(who, needed)
  }

  #openSchema(name: string, who: string, options: Options): void {
    const { catalogs } = this.workspace
    const [catalog = ''] = name.split('.')
    // Without it, everyone may use the catalog.
    const parent = catalogs.findCatalog(catalog) ?? catalogs.createCatalog(catalog)
    parent.grants.set(who, new Set(['USE_CATALOG']))
    const { grants } = catalogs.findSchema(name) ?? catalogs.createSchema(name)
    const needed: Privilege[] = isDryRun(options)
      ? ['USE_SCHEMA', 'READ_SECRET']
      : ['USE_SCHEMA', 'CREATE_SECRET', ...(options['permissions'] ? (['MANAGE'] as const) : [])]
    grants.set(who, new Set([...(grants.get(who) ?? []), ...needed]))
  }
}

function isDryRun(options: Options): boolean {
  return String(options['dry-run']) === 'true'
}

/** The targets of a step: the one of its inputs, or those of its config file. */
function targetsOf(inputs: Texts, folder: string): ['scope' | 'schema', string, Options][] {
  const { scope, schema, config } = inputs
  if (scope) return [['scope', scope, inputs]]
  if (schema) return [['schema', schema, inputs]]
  try {
    const file = parse(readFileSync(path.resolve(folder, config ?? ''), 'utf8')) as Record<
      string,
      Record<string, Options>
    >
    const variables = Object.fromEntries(
      (inputs['config-variables'] ?? '')
        .split(/\r?\n/)
        .map((line) => line.split('=', 2).map((part) => part.trim())),
    ) as Texts
    return (['scope', 'schema'] as const).flatMap((kind) =>
      Object.entries(file[`${kind}s`] ?? {}).map(([name, options]): [typeof kind, string, Options] => [
        kind,
        name.replaceAll(/\$\{(\w+)\}/g, (whole, variable: string) => variables[variable] ?? whole),
        { ...inputs, ...file['defaults'], ...options },
      ]),
    )
  } catch {
    // A file that is missing or wrong is for the action to report.
    return []
  }
}

/** The first groups of all matches of each pattern in the text before it, each name once. */
function namesIn(...searched: readonly (string | RegExp)[]): string[] {
  const names = new Set<string>()
  for (let at = 0; at < searched.length; at += 2) {
    for (const [, name = ''] of String(searched[at]).matchAll(searched[at + 1] as RegExp)) names.add(name)
  }
  return [...names]
}

function has(secrets: Texts, name: string): boolean {
  return Object.keys(secrets).some((given) => given.toLowerCase() === name.toLowerCase())
}
