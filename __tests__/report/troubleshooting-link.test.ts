import { readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'

import packageJson from '../../package.json' with { type: 'json' }
import {
  anchorOf,
  HEADINGS,
  linkLine,
  renderLinks,
  troubleshootingLink,
  withLink,
} from '../../src/report/troubleshooting-link.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'

const OURS = 'owner/databricks-secrets-sync'
const PAGE = 'docs/troubleshooting.md'
const AT_VERSION = `https://github.com/${OURS}/blob/v${packageJson.version}/${PAGE}`

describe('the headings', () => {
  // Lost if this fails: an error links to the top of a long page, and its reader has to search.
  test('are on the page', () => {
    const page = readFileSync(PAGE, 'utf8')
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(Object.values(HEADINGS).filter((heading) => !headings.includes(heading))).toEqual([])
  })

  // GitHub numbers the anchors of headings with the same words, so a message before the section would take its link.
  test('are the first on the page with their anchor', () => {
    const all = [...readFileSync(PAGE, 'utf8').matchAll(/^(#{1,6}) (.+)$/gm)]
    const first = (anchor: string): string | undefined =>
      all.find(([, , heading = '']) => anchorOf(heading) === anchor)?.[1]
    const taken = Object.values(HEADINGS).filter((heading) => first(anchorOf(heading)) !== '##')
    expect(taken).toEqual([])
  })

  test('have the anchors that GitHub gives them', () => {
    expect(['Node.js variables', 'Delete keys (prune)', 'secrets-file format'].map(anchorOf)).toEqual([
      'nodejs-variables',
      'delete-keys-prune',
      'secrets-file-format',
    ])
  })
})

describe('the link', () => {
  function urlWith(env: Record<string, string>): string | undefined {
    return troubleshootingLink('prune', env).url
  }

  test('is for the ref that runs', () => {
    const env = { GITHUB_ACTION_REPOSITORY: OURS, GITHUB_ACTION_REF: 'release/v1' }
    expect(urlWith(env)).toBe(`https://github.com/${OURS}/blob/release/v1/${PAGE}#delete-keys-prune`)
    expect(urlWith({ ...env, GITHUB_ACTION_REPOSITORY: OURS.toUpperCase() })).toContain('/blob/release/v1/')
  })

  // Lost if this fails: the link leads nowhere in a composite action, after `uses: ./`, or for a ref with odd characters.
  test.each([
    ['another action', { GITHUB_ACTION_REPOSITORY: 'octo/composite', GITHUB_ACTION_REF: 'v9' }],
    ['a local action', { GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: '' }],
    ['no runner', {}],
    ['our repository without a ref', { GITHUB_ACTION_REPOSITORY: OURS }],
    ['a ref that is no part of an address', { GITHUB_ACTION_REPOSITORY: OURS, GITHUB_ACTION_REF: 'a b"' }],
    ['a ref that leaves the page', { GITHUB_ACTION_REPOSITORY: OURS, GITHUB_ACTION_REF: 'v1?x#y' }],
  ])('is for the tag of this version with %s', (_, env) => {
    expect(urlWith(env)).toBe(`${AT_VERSION}#delete-keys-prune`)
  })

  // Lost if this fails: the address in the log has `***` in it.
  test('avoids an address that a mask would change', () => {
    const env = { GITHUB_ACTION_REPOSITORY: OURS, GITHUB_ACTION_REF: 'fake-branch' }
    const ofBranch = new Redactor([new SecretValue('fake-branch')])
    expect(troubleshootingLink('prune', env, ofBranch).url).toBe(`${AT_VERSION}#delete-keys-prune`)
    const ofAll = new Redactor([new SecretValue('github.com')])
    const link = troubleshootingLink('prune', env, ofAll)
    expect(link.url).toBeUndefined()
    expect(linkLine(link)).toBe(`Cause and fix: Delete keys (prune), in ${PAGE} of this action`)
  })

  test('closes an error of the log on a line of its own, and is a paragraph of the summary', () => {
    const links = (['prune', 'key-vault'] as const).map((kind) => troubleshootingLink(kind, {}))
    expect(withLink('It failed.', links[0])).toBe(
      `It failed.\nCause and fix: ${AT_VERSION}#delete-keys-prune`,
    )
    expect(withLink('It failed.', undefined)).toBe('It failed.')
    expect(renderLinks(links)).toBe(
      `Cause and fix: [Delete keys (prune)](${AT_VERSION}#delete-keys-prune), ` +
        `[Azure Key Vault](${AT_VERSION}#azure-key-vault)`,
    )
  })
})
