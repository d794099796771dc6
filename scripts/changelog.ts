/** A release in CHANGELOG.md: `## 1.2.3 - 2026-01-31`, and the text below it. */
export interface ReleaseNotes {
  readonly version: string
  /** Markdown, without the heading. */
  readonly text: string
}

/** Three whole numbers, as in `1.2.3`: there are no releases for trying out. */
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/

/** Whether a text is the version of a release, as [Semantic Versioning](https://semver.org/) writes it. */
export function isVersion(text: string): boolean {
  return VERSION.test(text)
}

/** Whether one version is higher than the other. Both are versions of releases. */
export function isHigher(version: string, other: string): boolean {
  const [mine, theirs] = [version, other].map((text) => text.split('.').map(Number))
  for (const [index, number] of (mine ?? []).entries()) {
    const difference = number - (theirs?.[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

/**
 * The releases of a changelog, in its order, which is the newest first. `Unreleased` is none.
 *
 * @throws Error on a heading that is neither `Unreleased` nor a version with its date
 */
export function releasesIn(changelog: string): ReleaseNotes[] {
  return sectionsOf(changelog).flatMap(({ heading, text }) => {
    if (heading === UNRELEASED) return []
    const [, version = '', date] = /^(\S+) - (\d{4}-\d\d-\d\d)$/.exec(heading) ?? []
    if (date === undefined || !isVersion(version)) {
      throw new Error(`CHANGELOG.md has a section "${heading}", which should be like "1.2.3 - 2026-01-31".`)
    }
    return [{ version, text }]
  })
}

/**
 * Makes a release of what is unreleased.
 *
 * @param date as in `2026-01-31`
 * @throws Error when nothing is unreleased, or the version is not higher than that of every release before
 */
export function withRelease(changelog: string, version: string, date: string): string {
  const unreleased = sectionsOf(changelog).find(({ heading }) => heading === UNRELEASED)
  if (unreleased === undefined || unreleased.text === '') {
    throw new Error('CHANGELOG.md has nothing below "## Unreleased": there is nothing to release.')
  }
  const before = releasesIn(changelog).find((release) => !isHigher(version, release.version))
  if (before !== undefined)
    throw new Error(`${version} is not higher than ${before.version}, which is released.`)
  return changelog.replace(`## ${UNRELEASED}\n`, `## ${UNRELEASED}\n\n## ${version} - ${date}\n`)
}

const UNRELEASED = 'Unreleased'

function sectionsOf(changelog: string): { heading: string; text: string }[] {
  const [, ...sections] = changelog.split(/^## /m)
  return sections.map((section) => {
    const [heading = '', ...lines] = section.split('\n')
    return { heading: heading.trim(), text: lines.join('\n').trim() }
  })
}
