import type { SecretValue } from '../secret-value.js'
import { ValueFinder } from '../secrets/masks/value-finder.js'
import {
  MAX_PASTED,
  type Consumer,
  type MissingReference,
  type PastedValue,
  type Reference,
} from './consumer.js'
import type { ScopeIndex, Target } from './scope-index.js'
import { findTextReferences } from './text-references.js'
import type { SearchedField } from './workspace-kind.js'

/** The most references to missing keys of one consumer. */
const MAX_MISSING = 100

/** Collects what a search finds. It keeps nothing of the searched texts but the references. */
export class Findings {
  readonly references: Reference[] = []
  readonly missing: MissingReference[] = []
  readonly unresolved: (Reference | MissingReference)[] = []
  readonly pasted: PastedValue[] = []
  readonly #scopes: ScopeIndex
  readonly #values: ValueFinder

  constructor(scopes: ScopeIndex, values: readonly SecretValue[]) {
    this.#scopes = scopes
    this.#values = new ValueFinder(values)
  }

  /** Starts with another consumer. Of each, the first reference to each key is kept. */
  of(consumer: Consumer): ConsumerFindings {
    return new ConsumerFindings(consumer, this, this.#scopes, this.#values)
  }
}

/** Collects what is found in one consumer. */
export class ConsumerFindings {
  readonly #consumer: Consumer
  readonly #all: Findings
  readonly #scopes: ScopeIndex
  readonly #values: ValueFinder
  /** The keys that were found, by their list. */
  readonly #found = new Map<unknown, Set<string>>()

  constructor(consumer: Consumer, all: Findings, scopes: ScopeIndex, values: ValueFinder) {
    this.#consumer = consumer
    this.#all = all
    this.#scopes = scopes
    this.#values = values
  }

  /** Searches a field of a configuration. */
  addField(field: SearchedField): void {
    const { path } = field
    if (!('text' in field)) {
      this.#add(this.#scopes.find(field.scope, field.key), path)
      return
    }
    const { text, use } = field
    if (use !== 'copy') {
      for (const reference of findTextReferences(text))
        this.#add(this.#scopes.findPath(reference.path), path, use === 'parameter')
    }
    if (this.#all.pasted.length < MAX_PASTED && this.#values.occursIn(text))
      this.#all.pasted.push({ consumer: this.#consumer, path })
  }

  /** Adds a reference in a line of a file. */
  addLine(target: Target | undefined, line: number): void {
    this.#add(target, '', false, line)
  }

  #add(target: Target | undefined, path: string, isUnresolved = false, line?: number): void {
    if (target === undefined) return
    const { scope } = target
    const where = { consumer: this.#consumer, scope, path, ...(line !== undefined && { line }) }
    if ('key' in target) {
      const list = isUnresolved ? this.#all.unresolved : this.#all.references
      if (this.#isNew(list, scope, target.key, Infinity)) list.push({ ...where, key: target.key })
    } else {
      const { key, nearest } = target.missing
      const list = isUnresolved ? this.#all.unresolved : this.#all.missing
      const found = { ...where, key, nearest }
      if (this.#isNew(list, scope, key?.toLowerCase() ?? `?${nearest ?? ''}`, MAX_MISSING)) list.push(found)
    }
  }

  #isNew(list: unknown, scope: string, key: string, most: number): boolean {
    const found = this.#found.get(list) ?? new Set<string>()
    this.#found.set(list, found)
    const name = `${scope}/${key}`
    if (found.has(name) || found.size >= most) return false
    found.add(name)
    return true
  }
}
