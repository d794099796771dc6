import { json } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { into } from './scope.js'
import type { Scenarios } from './scenario.js'

/** A workspace that reports this for the only key of the scope. */
function listing(secret: object): (workspace: EmulatedWorkspace) => void {
  return (workspace) => {
    workspace.intercept(({ path }) =>
      path.endsWith('secrets/list') ? json(200, { secrets: [secret] }) : undefined,
    )
  }
}

const REPORT = { secrets: '', 'max-age-days': '90' }

/** What a run says of the ages of keys. */
export const OF_AGES: Scenarios = {
  '… last updated more than … days ago': into(
    {},
    REPORT,
    {},
    listing({ key: 'old', last_updated_timestamp: 1 }),
  ),
  'The workspace does not report when … last updated': into({}, REPORT, {}, listing({ key: 'old' })),
  'This run only reports the ages of keys': into({}, REPORT),
  'With if-exists: update, every run resets the age of every key': into({}, { 'max-age-days': '90' }),
}
