import { readFileSync } from 'node:fs'

import { afterEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { readInputs } from '../src/inputs/read-inputs.js'
import { KNOWN_INPUTS } from '../src/inputs/known-inputs.js'
import { setOutputs } from '../src/report/outputs.js'
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

describe('action.yml', () => {
  // An input that is declared and not read does nothing, one that is read and not declared cannot be set.
  test('declares the inputs that are read, and no other', () => {
    const read = lookedUp('INPUT_', () => void readInputs(process.env))
    const declared = Object.keys(action.inputs).map((name) => `INPUT_${name.toUpperCase()}`)
    expect(read).toEqual(declared.sort())
  })

  // By these, the action tells a misspelt input from one that is not its own.
  test('declares the inputs that are known, with their defaults', () => {
    const declared = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ''])
    expect(Object.entries(KNOWN_INPUTS)).toEqual(declared)
  })

  test('declares the outputs that are set, and no other', () => {
    const write = process.stdout.write.bind(process.stdout)
    let printed = ''
    // Without the runner's file, outputs are printed as commands.
    process.stdout.write = (chunk: unknown): boolean => ((printed += String(chunk)), true)
    try {
      lookedUp('GITHUB_OUTPUT', () => {
        setOutputs(EMPTY_RESULT, [], undefined)
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
