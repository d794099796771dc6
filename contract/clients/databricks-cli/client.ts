import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isolatedEnv } from '../../../scripts/environment.js'
import type { Ended } from '../../../scripts/process.js'
import { buildGoTool } from '../../../scripts/go-tool.js'
import { Workplace } from '../../../scripts/workplace.js'
import type { Operation } from '../../operations.js'
import { GO_SDK_LOGIN_PAGE, goSdkErrorForSignIn, goSdkRetries, lastExchange } from '../go-tools/sdk.js'
import { goSdkEnv } from '../go-tools/env.js'
import type {
  Client,
  ExpectedError,
  InstalledClient,
  Outcome,
  ClientError,
  Session,
  Target,
} from '../client.js'
import { answerOf } from './answers.js'
import { commandOf } from './commands.js'

/**
 * The official CLI, which people have in their pipelines. Each operation is a process of its own.
 *
 * It prints no error_code. Its debug log, which goes to a file here and not between what it prints, has the status and the
 * error_code of each answer.
 */
export const databricksCli: Client = {
  name: 'Databricks CLI',
  install,
  // It writes all its JSON itself.
  cannotSay: { operations: ['putNotJson'], cases: [] },
  /*
   * `Execute` in cmd/root/root.go prints `Error: `, the message, and nothing else, except for `EnrichAuthError` in
   * libs/auth/error.go: it adds steps to a 401 and a 403, after the message. Without a message there is the status to go by.
   */
  errorFor: ({ status, code, message }, operation): ExpectedError => ({
    status,
    ...(code === undefined ? {} : { code: String(code) }),
    // `databricks api`, by which it reads a value, adds none.
    text: message ?? (operation.do === 'readCatalogSecret' ? undefined : NEXT_STEPS[status]) ?? 'Error: ',
  }),
  errorForSignIn: goSdkErrorForSignIn,
  errorForLoginPage: GO_SDK_LOGIN_PAGE,
  retries: goSdkRetries,
}

const NEXT_STEPS: Readonly<Record<number, string>> = {
  401: 'Next steps:\n  - Regenerate your access token',
  403: 'Next steps:\n  - Verify you have the required permissions for this operation',
}

async function install(folder: string): Promise<InstalledClient> {
  const { program, version } = await buildGoTool(
    {
      name: 'databricks-cli',
      module: import.meta.dirname,
      main: 'github.com/databricks/cli',
      ldflags: (pinned) => `-s -w -X github.com/databricks/cli/internal/build.buildVersion=${pinned}`,
    },
    folder,
  )
  const workplace = new Workplace('databricks-cli')
  const { stdout, stderr } = await workplace.run(program, ['version'], {
    env: isolatedEnv(workplace.folder()),
  })
  if (stdout.trim() !== `Databricks CLI v${version}`) {
    throw new Error(`The CLI should be version ${version}, but says: ${stdout}${stderr}`)
  }
  return {
    version,
    open: (target) => Promise.resolve(sessionOf(program, target, workplace)),
    close: () => workplace.close(),
  }
}

/** Each session has its own home: the CLI remembers there what it found out of a host. */
function sessionOf(program: string, target: Target, workplace: Workplace): Session {
  const home = workplace.folder()
  const log = path.join(home, 'debug.log')
  const env = isolatedEnv(home, {
    ...goSdkEnv(target),
    DATABRICKS_LOG_LEVEL: 'debug',
    DATABRICKS_LOG_FORMAT: 'json',
    DATABRICKS_LOG_FILE: log,
  })
  return {
    async call(operation) {
      await rm(log, { force: true })
      const command = commandOf(operation)
      if (command === undefined) return undefined
      const { args, json, input, bundle } = command
      const body = path.join(home, 'body.json')
      if (json !== undefined) await writeFile(body, JSON.stringify(json))
      const folder = path.join(home, 'bundle')
      if (bundle !== undefined) {
        const own = path.join(folder, '.databricks', 'bundle', 'default')
        await mkdir(own, { recursive: true })
        // JSON is YAML as well.
        await writeFile(path.join(folder, 'databricks.yml'), JSON.stringify(bundle.file))
        await writeFile(path.join(own, 'variable-overrides.json'), JSON.stringify(bundle.variables))
      }
      const ended = await workplace.run(
        program,
        [...args, ...(json === undefined ? [] : ['--json', `@${body}`])],
        {
          env,
          cwd: bundle === undefined ? home : folder,
          ...(input === undefined ? {} : { input }),
        },
      )
      return outcomeOf(operation, ended, await readFile(log, 'utf8'))
    },
    close: () => workplace.remove(home),
  }
}

function outcomeOf(operation: Operation, ended: Ended, log: string): Outcome | undefined {
  if (ended.exitCode === 0) return { answer: answerOf(operation, ended.stdout) }
  const { exitCode, stderr } = ended
  if (exitCode !== 1 || !stderr.startsWith('Error: ')) {
    throw new Error(`The CLI ended with ${exitCode ?? 'a signal'} in ${operation.do}:\n${stderr}`)
  }
  const exchange = lastExchange(messagesOf(log))
  // No call at all: the CLI itself has refused, which says nothing of the workspace.
  if (exchange === undefined) throw new Error(`The CLI refused ${operation.do} by itself:\n${stderr}`)
  const error: ClientError = { text: stderr.trimEnd(), ...exchange }
  return { error }
}

/** What was logged, out of the JSON that it was logged as. */
function messagesOf(log: string): string {
  return log
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
    .join('\n')
}
