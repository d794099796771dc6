/** Replaces the types of all GitHub REST calls, by the `paths` of tsconfig.json. The action calls none of them by type. */
export type paths = Record<string, never>
