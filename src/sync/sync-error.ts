/**
 * A reason of our own to stop the run. The message is made of our own words and the name of the scope, and says what
 * to change in the workflow or the workspace.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError'
}
