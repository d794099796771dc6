import { type Command, parseCommand } from './commands.js'
import { trim } from './dotnet-text.js'
import type { Annotation, JobLog } from './job-log.js'
import type { SecretMasker } from './secret-masker.js'

const COMMANDS = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]

/** Commands that the runner does not repeat in the log when echo is on; add-mask echoes itself, without its value. */
const NOT_ECHOED = new Set(['add-mask', 'debug', 'error', 'notice', 'warning'])

/**
 * Obeys the workflow commands in a step's output and logs all other lines (`ActionCommandManager` of actions/runner).
 * Problem matchers are taken out of the log, but have no effect.
 */
export class CommandProcessor {
  /** What came by add-mask, decoded. */
  readonly masks: string[] = []
  readonly outputs: Record<string, string> = {}
  readonly state: Record<string, string> = {}
  /** Whether the runner refused a command, which makes the step fail whatever its exit code. */
  failed = false

  readonly #log: JobLog
  readonly #masker: SecretMasker
  readonly #known = new Set(COMMANDS)
  #stopToken: string | undefined
  #echo: boolean

  /** @param debug whether the step runs in debug mode, in which echo is on from the start */
  constructor(log: JobLog, masker: SecretMasker, debug: boolean) {
    this.#log = log
    this.#masker = masker
    this.#echo = debug
  }

  /** Takes one line of output, without its end. */
  take(line: string): void {
    const command = parseCommand(line, this.#known)
    if (!command) this.#log.output(line)
    else if (this.#stopToken !== undefined) this.#takeStopped(line, command)
    else if (command.name === 'stop-commands') this.#stop(line, command.data)
    else this.#obey(line, command)
  }

  /** Reports that the runner could not do as told, in its words, and makes the step fail. */
  refuse(what: string, why: string): void {
    this.#log.issue('error', `Unable to process ${what} successfully.`)
    this.#log.issue('error', why)
    this.failed = true
  }

  #takeStopped(line: string, { name }: Command): void {
    this.#log.output(line)
    if (name !== this.#stopToken) return
    this.#known.delete(name)
    this.#stopToken = undefined
  }

  #stop(line: string, token: string): void {
    const name = token.toLowerCase()
    if (name === '' || name === 'pause-logging' || this.#known.has(name)) {
      this.#log.issue(
        'error',
        "You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command.",
      )
      this.failed = true
      return
    }
    this.#stopToken = name
    this.#known.add(name)
    if (token.length > 6) this.#masker.add(token)
    this.#log.output(line)
  }

  #obey(line: string, command: Command): void {
    const echoed = !NOT_ECHOED.has(command.name)
    if (this.#echo && echoed) this.#log.output(line)
    try {
      this.#execute(command)
    } catch (error) {
      this.refuse(`command '${echoed ? line : command.name}'`, (error as Error).message)
    }
  }

  #execute({ name, properties, data }: Command): void {
    switch (name) {
      case 'add-mask':
        this.#mask(data)
        break
      case 'error':
      case 'warning':
      case 'notice':
        this.#log.issue(name, data, placeOf(properties))
        break
      case 'debug':
        this.#log.debug(data)
        break
      case 'group':
        this.#log.output(`##[group]${data}`)
        break
      case 'endgroup':
        this.#log.output('##[endgroup]')
        break
      case 'echo':
        this.#echo = onOrOff(data)
        break
      case 'set-output':
      case 'save-state':
        this.#store(name, properties, data)
        break
      case 'set-env':
      case 'add-path':
        throw new Error(`The \`${name}\` command is disabled. Please upgrade to using Environment Files.`)
    }
  }

  #mask(value: string): void {
    if (trim(value) === '') {
      this.#log.issue('warning', "Can't add secret mask for empty string in ##[add-mask] command.")
      return
    }
    if (this.#echo) this.#log.output('::add-mask::***')
    this.masks.push(value)
    this.#masker.add(value)
  }

  #store(command: 'set-output' | 'save-state', { name }: Record<string, string>, value: string): void {
    this.#log.issue(
      'warning',
      `The \`${command}\` command is deprecated and will be disabled soon. Please upgrade to using Environment Files.`,
    )
    if (!name) throw new Error(`Required field 'name' is missing in ##[${command}] command.`)
    const store = command === 'set-output' ? this.outputs : this.state
    store[name] = value
  }
}

function onOrOff(data: string): boolean {
  const value = trim(data).toLowerCase()
  if (value === 'on' || value === 'off') return value === 'on'
  throw new Error(
    `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${data}'.`,
  )
}

function placeOf({ title, file, line }: Record<string, string>): Pick<Annotation, 'title' | 'file' | 'line'> {
  return {
    ...(title !== undefined && { title }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && /^\d+$/.test(line) && { line: Number(line) }),
  }
}
