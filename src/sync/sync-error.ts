/**
 * A reason of our own to stop the run. The message is made of our own words and of names, and says what to change in
 * the workflow or the workspace.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  /** The parts of the message that the workspace gave, and in which anything may stand. */
  readonly untrusted: readonly string[]

  constructor(message: string, foreign: readonly string[] = []) {
    super(message)
    this.untrusted = foreign
  }
}
