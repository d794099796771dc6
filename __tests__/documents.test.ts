import { execFile, execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

import { Lexer, Parser } from '@actions/expressions'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { EmulatedWorkspace } from '../emulator/workspace.js'
import { RUN_TYPESCRIPT } from './runner/run-typescript.js'

/** A step of a workflow, as far as it is looked at here. */
interface DocumentedStep {
  readonly uses: string
  readonly with?: Readonly<Record<string, unknown>>
}

const action = parse(readFileSync('action.yml', 'utf8')) as {
  inputs: Record<string, { required?: boolean }>
  outputs: Record<string, unknown>
}
const readme = readFileSync('README.md', 'utf8')
const pages = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

function yamlBlocksOf(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/```ya?ml\n(.*?)```/gs)].map(([, block = '']) => block)
}

const BLOCKS = pages.flatMap((page) => yamlBlocksOf(page).map((block, index) => ({ page, index, block })))

/** The steps that use an action, however deep they stand in what a block shows. */
function stepsIn(yaml: unknown): DocumentedStep[] {
  if (typeof yaml !== 'object' || yaml === null) return []
  const own = 'uses' in yaml && typeof yaml.uses === 'string' ? [yaml as DocumentedStep] : []
  return [...own, ...Object.values(yaml).flatMap(stepsIn)]
}

/** The number of words that people wrote: without tables that scripts write, and without the lines of all tables. */
function wordsOf(page: string): number {
  const written = page.replaceAll(/<!-- (\w+): written by .*?<!-- end of \1 -->/gs, '')
  return written.split(/[\s|]+/).filter((word) => /\w/.test(word)).length
}

/** What GitHub may be asked of in an expression. */
const CONTEXTS = ['env', 'github', 'inputs', 'job', 'matrix', 'needs', 'runner', 'secrets', 'steps', 'vars']

// A reader copies from several pages into one workflow.
test('pages, examples and workflows use one major version of each action', () => {
  const files = [
    ...pages,
    ...['examples', '.github/workflows'].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.yml'))
        .map((name) => `${folder}/${name}`),
    ),
  ]
  const versions = new Map<string, Set<string>>()
  for (const file of files)
    for (const [, name = '', tag, comment] of readFileSync(file, 'utf8').matchAll(
      /uses: ([\w-]+\/[\w/-]+)@(?:(v\d+)|[\da-f]{40} # (v\d+))/g,
    ))
      versions.set(name, (versions.get(name) ?? new Set()).add(tag ?? comment ?? ''))
  const several = [...versions].filter(([, used]) => used.size > 1).map(([name, used]) => [name, ...used])
  expect(several).toEqual([])
  expect(versions.get('actions/checkout')?.size).toBe(1)
})

// Who copies from a page gets an action that works as it says.
describe('the YAML of a page', () => {
  test('is found, on each page that is known to have some', () => {
    expect([...new Set(BLOCKS.map(({ page }) => page))]).toEqual(
      expect.arrayContaining(['README.md', 'docs/authentication.md', 'docs/usage.md']),
    )
    expect(BLOCKS.length).toBeGreaterThan(12)
    // A fence in another spelling would hide its block from all that follows.
    const fences = pages.flatMap((page) => [
      ...readFileSync(page, 'utf8').matchAll(/^[ \t]*[`~]{3,}\s*ya?ml/gim),
    ])
    expect(BLOCKS).toHaveLength(fences.length)
  })

  test.each(BLOCKS)(
    '$page, block $index: gives inputs that exist, and those that are required',
    ({ block }) => {
      const ours = stepsIn(parse(block)).filter(({ uses }) => uses.includes('databricks-secrets-sync'))
      const required = Object.keys(action.inputs).filter((name) => action.inputs[name]?.required === true)
      for (const step of ours) {
        expect(step.uses).toBe('owner/databricks-secrets-sync@v1')
        const given = Object.keys(step.with ?? {})
        expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given))
        expect(given).toEqual(expect.arrayContaining(required))
        expect(given.filter((name) => ['scope', 'schema', 'config'].includes(name))).toHaveLength(1)
      }
    },
  )

  test('uses the action, by and large', () => {
    const using = BLOCKS.filter(({ block }) => block.includes('owner/databricks-secrets-sync@v1'))
    expect(using.length).toBeGreaterThan(10)
  })

  test.each(BLOCKS)('$page, block $index: has expressions that GitHub takes', ({ block }) => {
    const expression = /\$\{\{(.*?)\}\}/gs
    for (const [, inside = ''] of block.matchAll(expression)) {
      expect(() => new Parser(new Lexer(inside).lex().tokens, CONTEXTS, []).parse()).not.toThrow()
    }
    expect(block.replaceAll(expression, '')).not.toMatch(/\$\{\{|\}\}/)
  })

  // An output that is not there is empty, and the step behind it never runs.
  test.each(BLOCKS)('$page, block $index: asks for outputs that exist', ({ block }) => {
    for (const [, name] of block.matchAll(/steps\.\w+\.outputs\.([\w-]+)/g)) {
      expect(Object.keys(action.outputs)).toContain(name)
    }
  })
})

describe('docs/usage.md', () => {
  // An input that the page does not explain is one that people guess at.
  test.each(['inputs', 'outputs'] as const)('names all %s', (kind) => {
    const page = readFileSync('docs/usage.md', 'utf8')
    const named = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text.replace(/:.*$/, ''))
    expect(named).toEqual(expect.arrayContaining(Object.keys(action[kind])))
  })
})

describe('the README', () => {
  // Who copies from the README gets an action that works as it says.
  test('has the tables that action.yml gives', () => {
    const script = [...RUN_TYPESCRIPT, 'scripts/readme.ts', '--check']
    expect(execFileSync(process.execPath, script, { encoding: 'utf8' })).toBe('')
  })

  // A new user reads for a minute, from the top.
  test('has its sections in the order of a first use, and links to each at the top', () => {
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading)
    expect(headings).toEqual([
      'Quick start',
      'Sign in with a token',
      'Choose an input form',
      'Sync every secret',
      'Plan on a pull request',
      'Unity Catalog',
      'Several targets',
      'Who uses a secret',
      'Try it locally',
      'Inputs',
      'Outputs',
      'Required permissions',
      'When to use something else',
      'Documentation',
      'Licence',
    ])
    const [contents = ''] = readme.split('## Quick start')
    for (const heading of headings.slice(0, -1)) expect(contents).toContain(`[${heading}](#`)
  })

  test('has at most 1,300 words of its own', () => {
    expect(wordsOf(readme)).toBeLessThanOrEqual(1_300)
  })
})

// What is longer is looked through and not read. Troubleshooting is a list of messages that people search.
test.each(pages.filter((page) => page !== 'docs/troubleshooting.md'))(
  '%s has at most 2,500 words',
  (page) => {
    expect(wordsOf(readFileSync(page, 'utf8'))).toBeLessThanOrEqual(2_500)
  },
)

describe('docs/dependencies.md', () => {
  // A security team reads why each package is there; one that is not named is one that nobody has asked about.
  test('gives the reason of each dependency, and of no other', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >
    const explained = [...readFileSync('docs/dependencies.md', 'utf8').matchAll(/^\| `(.+?)` +\|/gm)].map(
      ([, name]) => name,
    )
    expect(explained.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort())
    // A range would let a release that nobody has looked at into the next build.
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })
})

// The first thing that somebody tries who changes the code.
test('the command of CONTRIBUTING.md that runs dist by hand writes the secret', async () => {
  const [, section = ''] = readFileSync('CONTRIBUTING.md', 'utf8').split('\n## Run dist by hand\n')
  const [, command = ''] = /```sh\n(.*?)```/s.exec(section) ?? []
  expect(command).toContain('http://127.0.0.1:8080')
  const workspace = await EmulatedWorkspace.start({ plan: 'standard' })
  try {
    const local = command.replace('http://127.0.0.1:8080', workspace.url)
    // Without the variables of a runner that may play this test.
    const env = { PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}` }
    await promisify(execFile)('bash', ['-c', local], { env })
    expect(workspace.store.content('storage').secrets).toEqual({ blob: Buffer.from('fake value') })
  } finally {
    await workspace.close()
  }
})

describe('npm run', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  // These take no arguments, and the tools of others have their own help.
  const others = [
    'demo',
    'format',
    'format:check',
    'lint',
    'lint:workflows',
    'masks',
    'schema',
    'test',
    'test:dist',
    'typecheck',
  ]
  const ours = Object.entries(scripts).filter(([name]) => !others.includes(name))

  test.each(ours)('%s -- --help prints how to use it, and does nothing', async (name, script) => {
    const file = script.replace(/^tsx /, '')
    const command = [...RUN_TYPESCRIPT, file, '--help']
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command)
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^Usage: .*npm run ${name} `))
    expect(stderr).toBe('')
  })
})
