import type { Note } from './notes.js'
import { targetName } from './key-name.js'
import type { TargetReport } from './report.js'

/** A note about the whole run. */
export interface RunNote extends Note {
  /** The targets that it is about. */
  readonly targets: readonly string[]
}

/** Collects the notes about all targets. What is the same for several targets is one note. */
export function collectRunNotes(targets: readonly Pick<TargetReport, 'result' | 'notes'>[]): RunNote[] {
  const notes = new Map<string, Note & { targets: string[] }>()
  for (const { result, notes: own } of targets) {
    for (const note of own) {
      const same = signatureOf(note)
      const found = notes.get(same) ?? { ...note, targets: [] }
      found.targets.push(targetName(result))
      notes.set(same, found)
    }
  }
  return [...notes.values()]
}

/** Marks the notes that another target has, too. */
export function markSharedNotes<Target extends Pick<TargetReport, 'notes'>>(
  targets: readonly Target[],
): Target[] {
  const times = new Map<string, number>()
  for (const same of targets.flatMap(({ notes }) => notes.map(signatureOf))) {
    times.set(same, (times.get(same) ?? 0) + 1)
  }
  return targets.map((target) => ({
    ...target,
    notes: target.notes.map((note) => ({ ...note, shared: (times.get(signatureOf(note)) ?? 0) > 1 })),
  }))
}

function signatureOf({ level, text, commands }: Note): string {
  return JSON.stringify([level, text, commands])
}
