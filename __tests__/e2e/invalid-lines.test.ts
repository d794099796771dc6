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

// This is how docker/build-push-action (issue 210) printed parts of keys as names of secrets.
describe('a secret that is pasted into the lines', () => {
  const BASE64 = Buffer.from('fake '.repeat(40)).toString('base64')

  test.each([
    [
      'a PEM key',
      '-----BEGIN FAKE KEY-----\nRmFrZQ/RmFr+ZUZh\nRmFrZUZha2VGYWtl\nRmFrZQ==\n-----END FAKE KEY-----',
    ],
    [
      'a PEM key that ends in one =',
      '-----BEGIN FAKE KEY-----\nRmFrZUZha2VGYWtl\nRmFrZUE=\n-----END FAKE KEY-----',
    ],
    ['JSON', JSON.stringify({ fake_a: 'b=c', fake_d: { 'e=f': 1 } }, null, 2)],
    ['JSON without indents', '{\n"fake": "a=b"\n}'],
    ['base64 in lines of 64', BASE64.replace(/.{64}/g, '$&\n')],
    [
      'base64 in lines of 76, with =',
      Buffer.from('fake '.repeat(41)).toString('base64').replace(/.{76}/g, '$&\n'),
    ],
    [
      'base64url in lines',
      Buffer.from('\u00ff\u00fe fake'.repeat(20)).toString('base64url').replace(/.{40}/g, '$&\n'),
    ],
    ['YAML', 'fake:\n  a: b\n  c: d=e'],
  ])('is refused: %s', async (_, value) => {
    for (const secrets of [`k=${value}\nother=fake-other`, `other=fake-other\nk=${value}`]) {
      const step = await syncTo(workspace, { secrets })
      expect(step.exitCode).toBe(1)
      expect(workspace.requests.all).toEqual([])
      for (const line of value.split('\n').filter((each) => each.length > 3)) {
        expect(everythingSaid(step)).not.toContain(line)
      }
    }
  })
})
