import { readFileSync } from 'node:fs'

import { afterEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { AUTH_TYPES } from '../src/databricks/auth/auth-methods.js'
import { readInputs } from '../src/inputs/read-inputs.js'
import { defaultText, INPUTS, type InputName } from '../src/inputs/input-definitions.js'
import { NO_TARGETS, setOutputs } from '../src/report/outputs.js'
import { EMPTY_RESULT } from '../src/sync/result.js'

interface ActionYml {
  readonly inputs: Record<string, { description: string; default?: string; required?: boolean }>
  readonly outputs: Record<string, { description: string }>
  readonly runs: { using: string; main: string }
  readonly branding: Record<string, string>
}

const text = readFileSync('action.yml', 'utf8')
const action = parse(text) as ActionYml
const environment = process.env

afterEach(() => {
  process.env = environment
})

/** The variables of the runner that are looked up while `work` runs. */
function lookedUp(prefix: string, work: () => void): string[] {
  const names = new Set<string>()
  process.env = new Proxy(
    {},
    {
      get(_, name) {
        if (typeof name === 'string' && name.startsWith(prefix)) names.add(name)
        return undefined
      },
    },
  )
  work()
  return [...names].sort()
}

/** Fails with the names that are only in action.yml, or only in the code. */
function expectSameInputs(inCode: readonly string[], notInCode: string): void {
  const declared = Object.keys(action.inputs)
  const difference = {
    [`declared in action.yml but ${notInCode}`]: declared.filter((name) => !inCode.includes(name)),
    'missing in action.yml': inCode.filter((name) => !declared.includes(name)),
  }
  expect(Object.entries(difference).filter(([, names]) => names.length > 0)).toEqual([])
}

describe('action.yml', () => {
  // An input that is declared but not read does nothing. One that is read but not declared cannot be set.
  test('declares exactly the inputs that are read', () => {
    const read = lookedUp('INPUT_', () => void readInputs(process.env))
    const names = read.map((variable) => variable.slice('INPUT_'.length).toLowerCase())
    expectSameInputs(names, 'not read in src/inputs')
  })

  // The action finds misspelt inputs by this table.
  test('declares exactly the inputs of the table in src/inputs/input-definitions.ts', () => {
    expectSameInputs(Object.keys(INPUTS), 'missing in INPUTS')
    const defaults = (Object.keys(INPUTS) as InputName[]).map((name) => [name, defaultText(name)])
    expect(defaults).toEqual(
      Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']),
    )
  })

  test('names all choices of an input in its description', () => {
    for (const [name, definition] of Object.entries(INPUTS)) {
      const choices: readonly string[] = 'choices' in definition ? definition.choices : []
      const words = action.inputs[name]?.description.split(/[^\w-]+/) ?? []
      expect({ name, missing: choices.filter((choice) => !words.includes(choice)) }).toEqual({
        name,
        missing: [],
      })
    }
  })

  test.each(AUTH_TYPES)('and docs/authentication.md name the authentication method %s', (authType) => {
    expect(action.inputs['auth-type']?.description).toMatch(new RegExp(`(?<![\\w-])${authType}(?![\\w-])`))
    expect(readFileSync('docs/authentication.md', 'utf8')).toMatch(new RegExp(`^\\| \`${authType}\` `, 'm'))
  })

  test('declares the outputs that are set, and no other', () => {
    const write = process.stdout.write.bind(process.stdout)
    let printed = ''
    // Without the runner's file, outputs are printed as commands.
    process.stdout.write = (chunk: unknown): boolean => ((printed += String(chunk)), true)
    try {
      lookedUp('GITHUB_OUTPUT', () => {
        setOutputs(EMPTY_RESULT, NO_TARGETS, () => {
          throw new Error('the link is for an error only, since to find it takes long')
        })
      })
    } finally {
      process.stdout.write = write
    }
    const set = [...printed.matchAll(/^::set-output name=([a-z-]+)::/gm)].map(([, name]) => name)
    expect(set).toEqual(Object.keys(action.outputs))
  })

  // The runner evaluates expressions in a default alone; anywhere else `${{` makes it refuse the whole action.
  test('holds no expression outside of a default', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(description).not.toContain('${{')
      expect(description).not.toContain('\n')
    }
  })

  test('starts what is built, on the Node that runners have', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' })
    expect(Object.keys(action.branding).sort()).toEqual(['color', 'icon'])
  })
})
