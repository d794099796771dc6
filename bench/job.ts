/** What is to be brought into the workspace. */
export interface Job {
  /** The workspace's origin. */
  readonly url: string
  /** The map: values by key. */
  readonly secrets: Readonly<Record<string, string>>
  /** An empty folder for files that the program needs; made ready before the clock starts. */
  readonly folder: string
  /** The binary of the action's Node. */
  readonly node: string
}

/** A program and what it is started with. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}
