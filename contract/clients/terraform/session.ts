import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { isolatedEnv } from '../../../scripts/environment.js'
import type { Ended } from '../../../scripts/process.js'
import type { Workplace } from '../../../scripts/workplace.js'
import type { DescribedSecret } from '../../operations.js'
import type { Outcome, ClientError, Session, Target } from '../client.js'
import { goSdkEnv } from '../go-tools/env.js'
import { lastExchange } from '../go-tools/sdk.js'
import { catalogSecretOf, type WireCatalogSecret } from '../listing.js'
import {
  addressOf,
  changeOf,
  configurationOf,
  readingOf,
  type Change,
  type Reading,
  type Resource,
} from './configuration.js'

/** The engine and where it finds the provider. */
export interface Engine {
  readonly program: string
  readonly providerFolder: string
  /** Where it works. */
  readonly workplace: Workplace
}

/**
 * Opens a folder with a configuration and a state. The state has values in clear, so the folder is private, and removed by
 * `close`.
 */
export async function openSession(engine: Engine, target: Target): Promise<Session> {
  const folder = engine.workplace.folder()
  const workspace = new Folder(engine, target, folder)
  await workspace.prepare()
  return {
    async call(operation) {
      const reading = readingOf(operation)
      if (reading !== undefined) return workspace.read(reading)
      const change = changeOf(operation)
      return change === undefined ? undefined : workspace.bring(change)
    },
    close: () => engine.workplace.remove(folder),
  }
}

/** One folder that Terraform works in. */
class Folder {
  readonly #engine: Engine
  readonly #folder: string
  readonly #env: NodeJS.ProcessEnv
  readonly #log: string
  readonly #state: string
  #resources: readonly Resource[] = []

  constructor(engine: Engine, target: Target, folder: string) {
    this.#engine = engine
    this.#folder = folder
    this.#log = path.join(folder, 'provider.log')
    this.#state = path.join(folder, 'terraform.tfstate')
    this.#env = isolatedEnv(folder, {
      ...goSdkEnv(target),
      TF_CLI_CONFIG_FILE: path.join(folder, 'engine.tfrc'),
      // Its programs live for a second: collecting their garbage costs more than it frees.
      GOGC: 'off',
      TF_LOG_PROVIDER: 'DEBUG',
      TF_LOG_PATH: this.#log,
    })
  }

  /** Tells the engine where the provider is, so that it needs neither `init` nor a registry. */
  async prepare(): Promise<void> {
    const folder = JSON.stringify(this.#engine.providerFolder)
    const overrides = `dev_overrides {\n    "databricks/databricks" = ${folder}\n  }`
    await writeFile(
      path.join(this.#folder, 'engine.tfrc'),
      `provider_installation {\n  ${overrides}\n  direct {}\n}\n`,
    )
  }

  /** Makes a change of the workspace by a change of the configuration; undefined where Terraform cannot do it. */
  async bring({ wants, resource }: Change): Promise<Outcome | undefined> {
    const known = this.#resources.find((other) => addressOf(other) === addressOf(resource))
    const others = this.#resources.filter((other) => other !== known)
    // It would be created.
    if (wants === 'changed' && known === undefined) return undefined
    if (wants !== 'absent') {
      // What is as it should be is left alone, and another kind of scope would be a new one in the old one's place.
      const isLeftAlone = known?.type === 'databricks_secret_scope' || isDeepStrictEqual(known, resource)
      return isLeftAlone ? undefined : this.#apply([...others, resource])
    }
    if (known !== undefined) return this.#apply(others)
    // A person has to take what is there already into the state, before Terraform can delete it.
    const imported = await this.#trying([...others, resource], () =>
      this.#run('import', addressOf(resource), resource.id),
    )
    if (imported.exitCode === 0) return this.#apply(others)
    // It is not there: the deletion that was meant never comes to the workspace.
    const isMissing = imported.stderr.includes('Cannot import non-existent remote object')
    return isMissing ? undefined : this.#refusal(imported)
  }

  /** What a data source finds: one secret, or a list of them. */
  async read(reading: Reading): Promise<Outcome | undefined> {
    await this.#write(this.#resources, reading)
    const applied = await this.#run('apply', '-auto-approve')
    await this.#write(this.#resources)
    if (applied.exitCode !== 0) return this.#refusal(applied)
    const { workplace, program } = this.#engine
    const { stdout } = await workplace.run(program, ['output', '-no-color', '-json', 'read'], {
      env: this.#env,
      cwd: this.#folder,
    })
    const found = JSON.parse(stdout) as Nullable<WireCatalogSecret> | Nullable<WireCatalogSecret>[]
    return { answer: Array.isArray(found) ? found.map(secretOf) : secretOf(found) }
  }

  async #apply(resources: readonly Resource[]): Promise<Outcome | undefined> {
    const applied = await this.#trying(resources, () => this.#run('apply', '-auto-approve'))
    if (applied.exitCode === 0) {
      const { exitCode, stdout, stderr } = await this.#run('plan', '-detailed-exitcode')
      return exitCode === 0
        ? { answer: null }
        : { error: { text: `What was applied is not what a plan finds:\n${stdout}${stderr}` } }
    }
    return this.#refusal(applied)
  }

  async #refusal({ exitCode, stderr }: Ended): Promise<Outcome | undefined> {
    if (exitCode !== 1 || !stderr.includes('Error: ')) {
      throw new Error(`The engine ended with ${exitCode ?? 'a signal'}:\n${stderr}`)
    }
    // The schema of the provider has refused, which says nothing of the workspace (validScope in its secrets package).
    if (/^Error: (invalid value for|expected ")/m.test(stderr)) return undefined
    const log = await readFile(this.#log, 'utf8').catch(() => '')
    if (isOfOtherLetters(stderr, log)) return undefined
    const exchange = lastExchange(log)
    if (exchange === undefined) throw new Error(`The provider has called nothing:\n${stderr}`)
    const error: ClientError = { text: stderr.trim(), ...exchange }
    return { error }
  }

  /** Runs something with these resources in the configuration; if that fails, configuration and state are as before. */
  async #trying(resources: readonly Resource[], step: () => Promise<Ended>): Promise<Ended> {
    const before = await readFile(this.#state).catch(() => undefined)
    await this.#write(resources)
    const ended = await step()
    if (ended.exitCode === 0) {
      this.#resources = resources
    } else {
      await this.#write(this.#resources)
      await (before === undefined ? rm(this.#state, { force: true }) : writeFile(this.#state, before))
    }
    return ended
  }

  async #write(resources: readonly Resource[], reading?: Reading): Promise<void> {
    await writeFile(path.join(this.#folder, 'main.tf.json'), configurationOf(resources, reading))
  }

  async #run(command: string, ...args: string[]): Promise<Ended> {
    await rm(this.#log, { force: true })
    return this.#engine.workplace.run(this.#engine.program, [command, '-no-color', '-input=false', ...args], {
      env: this.#env,
      cwd: this.#folder,
    })
  }
}

/** What is absent is null in a state. */
type Nullable<T> = { [Name in keyof T]: T[Name] | null }

function secretOf(found: Nullable<WireCatalogSecret>): DescribedSecret {
  const given = Object.entries(found).filter(([, value]) => value !== null)
  return catalogSecretOf(Object.fromEntries(given) as unknown as WireCatalogSecret)
}

/**
 * Whether the provider does not find a secret again because the workspace lists its key in other letters: it has no words for
 * the keys of a workspace that takes `api_key` and `API_KEY` for the same (readSecret in the provider's secrets package).
 */
function isOfOtherLetters(stderr: string, log: string): boolean {
  const key = /^Error: cannot read secret: no secret Scope found .* and key: (\S+)$/m.exec(stderr)?.[1]
  if (key === undefined) return false
  const listed = [...log.matchAll(/^< +"key": "([^"]*)",?$/gm)].map(([, name = '']) => name)
  return !listed.includes(key) && listed.some((name) => name.toLowerCase() === key.toLowerCase())
}
