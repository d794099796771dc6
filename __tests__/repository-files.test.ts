import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

interface Question {
  readonly type: string
  readonly id?: string
  readonly attributes: {
    readonly label?: string
    readonly value?: string
    readonly options?: readonly unknown[]
  }
}

interface Form {
  readonly name: string
  readonly description: string
  readonly body: readonly Question[]
}

/** Where GitHub takes private reports: what SECURITY.md tells people to use. */
const IN_PRIVATE = 'https://github.com/owner/databricks-secrets-sync/security/advisories/new'

const read = (file: string): string => readFileSync(file, 'utf8')

// GitHub shows no form that breaks its schema, and says so to nobody but who opens the page of the file.
describe.each(['bug', 'feature'])('the form %s', (name) => {
  const form = parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`)) as Form

  test('is one that GitHub shows', () => {
    expect(form.name).not.toBe('')
    expect(form.description).not.toBe('')
    const ids = form.body.flatMap(({ id }) => id ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { type, id, attributes } of form.body) {
      expect(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']).toContain(type)
      if (type === 'markdown') expect(attributes.value).toBeTruthy()
      else {
        expect(id).toMatch(/^[\w-]+$/)
        expect(attributes.label).toBeTruthy()
      }
      if (type === 'dropdown' || type === 'checkboxes') expect(attributes.options?.length).toBeGreaterThan(0)
    }
  })
})

// What is pasted into an issue is public before anybody can help.
describe('the bug form', () => {
  const { body } = parse(read('.github/ISSUE_TEMPLATE/bug.yml')) as Form

  test('warns of secrets before the first question, and sends a leak to a private place', () => {
    const [first] = body
    expect(first?.type).toBe('markdown')
    expect(first?.attributes.value).toContain(IN_PRIVATE)
    expect(first?.attributes.value).toContain('Check everything that you paste')
  })

  test('asks for what an answer needs', () => {
    const ids = body.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['summary', 'version', 'runner', 'plan']))
  })
})

test('no issue is opened without a form, and a vulnerability goes to a private place', () => {
  const config = parse(read('.github/ISSUE_TEMPLATE/config.yml')) as {
    blank_issues_enabled: boolean
    contact_links: { url: string }[]
  }
  expect(config.blank_issues_enabled).toBe(false)
  expect(config.contact_links.map(({ url }) => url)).toContain(IN_PRIVATE)
})

// Nobody would be asked to review what decides what users run.
test('CODEOWNERS names paths that exist, and an owner for each', () => {
  const lines = read('.github/CODEOWNERS')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(lines[0]).toBe('* @owner')
  for (const line of lines.slice(1)) {
    const [, owned = ''] = /^\/(\S+) @owner$/.exec(line) ?? []
    expect([owned, existsSync(owned)]).toEqual([owned, true])
  }
})

describe('Dependabot', () => {
  interface Updates {
    readonly 'package-ecosystem': string
    readonly directory?: string
    readonly directories?: readonly string[]
    readonly cooldown?: { readonly 'default-days': number }
    readonly groups?: Readonly<Record<string, { readonly patterns: readonly string[] }>>
  }
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: readonly Updates[] }

  // A program that is pinned and never updated keeps its holes.
  test.each([
    ['npm', 'package-lock.json'],
    ['gomod', 'go.sum'],
    ['pip', 'requirements.txt'],
    ['maven', 'pom.xml'],
  ])('looks after each folder of %s', (ecosystem, lock) => {
    const watched = updates
      .filter((each) => each['package-ecosystem'] === ecosystem)
      .flatMap(({ directory, directories = [] }) => (directory === undefined ? directories : [directory]))
    const files = execFileSync('git', ['ls-files', lock, `*/${lock}`], { encoding: 'utf8' })
      .trim()
      .split('\n')
    const folders = files.map((file) => path.posix.join('/', path.posix.dirname(file)))
    expect([...watched].sort()).toEqual(folders.sort())
  })

  test('waits some days, and brings what belongs together in one pull request', () => {
    for (const { cooldown, groups } of updates) {
      expect(cooldown?.['default-days']).toBeGreaterThanOrEqual(7)
      expect(Object.keys(groups ?? {}).length).toBeGreaterThan(0)
    }
  })

  // Such an update is read as code that handles people's secrets, so it comes by itself.
  test('keeps what is in dist apart', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const npm = updates.find((each) => each.directory === '/' && each['package-ecosystem'] === 'npm')
    expect(npm?.groups?.['in-dist']?.patterns.slice().sort()).toEqual(Object.keys(dependencies).sort())
  })
})

// A checkout on Windows would have CRLF in dist, which then is not what src builds to, and in what the tests compare.
test('Git gives every system the same line ends, and shows no diff of dist', () => {
  const lines = read('.gitattributes').split('\n')
  expect(lines).toContain('* text=auto eol=lf')
  expect(lines.find((line) => line.startsWith('dist/** '))).toContain('linguist-generated=true')
})
