import { describe, expect, test } from '@jest/globals'

import { expectRefused } from './refused-step.js'
import { everythingSaid, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-file.js'

// Writing half of a map, or a part of a secret as a key, is worse than doing nothing.
describe('with one invalid line in the map', () => {
  const MAP = [
    'good=fake-good',
    'Fake-Piece: of-a-secret',
    '',
    'also-good=fake',
    'k:=Fake-Piece',
    'empty=',
  ].join('\n')

  test('nothing is sent, each error names its line, and the line is not shown', async () => {
    const step = await syncTo(workspace, { secrets: MAP })
    expectRefused(workspace, step, 'secrets, line 2: ', 'secrets, line 5: ', 'secrets, line 6: ')
    expect(everythingSaid(step)).not.toMatch(/Fake|Piece|of-a-secret|good/)
  })

  test('readable values are masked', async () => {
    const { masks } = await syncTo(workspace, { secrets: MAP })
    expect(masks).toEqual(expect.arrayContaining(['fake-token-of-ada', 'fake-good', 'fake']))
  })

  test('refused values are masked', async () => {
    const secrets = '{"a":"fake-first","a":"fake-second","b c":"fake-third","github_token":"fake-gh"}'
    const { masks } = await syncTo(workspace, { secrets })
    expect(masks).toEqual(expect.arrayContaining(['fake-first', 'fake-gh', 'fake-second', 'fake-third']))
  })

  // Its mask would hide the `=` in the error message.
  test('a lone = is not masked', async () => {
    const { masks, log } = await syncTo(workspace, { secrets: 'k==' })
    expect(masks).not.toContain('=')
    expect(log).toContain('the value is only an equals sign')
  })

  test('lines are counted from the first line of each input', async () => {
    const step = await syncTo(workspace, {
      secrets: '\n\na',
      'secret-envs': '\n\nb',
      'secret-files': '\n\nc',
    })
    expectRefused(workspace, step, 'secrets, line 3: ', 'secret-envs, line 3: ', 'secret-files, line 3: ')
  })
})

// If this fails, an error or the summary shows a secret that somebody pasted into the lines.
test('a PEM key that is pasted into the lines is refused, and nothing of it is shown', async () => {
  const lines = ['-----BEGIN FAKE KEY-----', 'RmFrZQ/RmFr+ZUZh', 'RmFrZQ==', '-----END FAKE KEY-----']
  const step = await syncTo(workspace, { secrets: `k=${lines.join('\n')}\nother=fake-other` })
  expect(step.exitCode).toBe(1)
  expect(workspace.requests.all).toEqual([])
  for (const line of lines) expect(everythingSaid(step)).not.toContain(line)
})
