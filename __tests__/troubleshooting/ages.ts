import { json } from '../../emulator/reply.js'
import { into } from './scope.js'
import { inOneRun, type Scenarios } from './scenario.js'

/** What a run says of the ages of keys. */
export const OF_AGES: Scenarios = {
  ...inOneRun(
    into({}, { secrets: '', 'max-age-days': '90' }, {}, (workspace) => {
      const secrets = [{ key: 'old', last_updated_timestamp: 1 }, { key: 'unknown' }]
      workspace.intercept(({ path }) => (path.endsWith('secrets/list') ? json(200, { secrets }) : undefined))
    }),
    '… last updated more than … days ago',
    'The workspace does not report when … last updated',
    'This run only reports the ages of keys',
  ),
}
