/** Describes an unexpected error by its class only, because its message may contain anything. */
export function describeCrash(error: unknown): string {
  const kind = error instanceof Error ? error.constructor.name : typeof error
  return `An unexpected error (${kind}) stopped the action. Please report it as a bug.`
}
