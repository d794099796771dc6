import type { EmulatedGitHub } from '../../emulator/github.js'
import type { WorkspaceOptions } from '../../emulator/workspace.js'
import type { Plan, World } from '../world.js'

/**
 * What not every run has: a workspace whose responses can be changed; a second user; a Unity Catalog schema; a workspace that
 * allows reads of secrets outside notebooks; a workspace on Azure, called with a personal access token.
 */
export type Need = 'emulator' | 'another identity' | 'schema' | 'reads' | 'azure'

/** The claim `sub` of the GitHub of a case. */
export const GITHUB_SUBJECT = 'repo:octo-org/octo-repo:ref:refs/heads/main'

/** One row of the contract table: something that every client does to a workspace and has to be answered rightly. */
export interface Case {
  /** What is asked of the workspace, as the row's name. */
  readonly title: string
  /** The plans on which it makes sense; default both. */
  readonly plans?: readonly Plan[]
  readonly needs?: readonly Need[]
  /** Whether the answer that counts is the case's own, so that only the client is tried and not the workspace. */
  readonly ownReply?: true
  /** How the emulator has to be set up, if it needs it. */
  readonly workspace?: Omit<WorkspaceOptions, 'plan'>
  /** The same for a case with a GitHub, which is started before the emulator: its job's subject is `GITHUB_SUBJECT`. */
  readonly besideGitHub?: (github: EmulatedGitHub) => Omit<WorkspaceOptions, 'plan'>
  /**
   * Plays it. The scope of the world is not there yet.
   *
   * @throws Disagreement or NotExpressible; anything else means that the case or the client is broken
   */
  play(world: World): Promise<void>
}
