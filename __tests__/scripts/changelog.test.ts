import { describe, expect, test } from '@jest/globals'

import { isHigher, isVersion, releasesIn, withRelease } from '../../scripts/changelog.js'

const CHANGELOG = `# Changelog

In the form of something.

## Unreleased

### Added

- New.

## 1.10.0 - 2026-02-03

### Fixed

- Old.

## 1.9.0 - 2026-01-31

- Older.
`

describe('the changelog', () => {
  // The page of a release would tell of another one, or of nothing.
  test('gives each release its own text, the newest first', () => {
    expect(releasesIn(CHANGELOG)).toEqual([
      { version: '1.10.0', text: '### Fixed\n\n- Old.' },
      { version: '1.9.0', text: '- Older.' },
    ])
  })

  test('is not read past a heading that it does not know', () => {
    expect(() => releasesIn('## v1.0.0\n\n- New.\n')).toThrow('should be like "1.2.3 - 2026-01-31"')
    expect(() => releasesIn('## 1.0.0-rc.1 - 2026-01-31\n\n- New.\n')).toThrow('should be like')
  })

  test('makes a release of what is unreleased, and of that alone', () => {
    const after = withRelease(CHANGELOG, '2.0.0', '2026-03-01')
    expect(after).toContain('## Unreleased\n\n## 2.0.0 - 2026-03-01\n\n### Added\n\n- New.\n\n## 1.10.0')
    expect(releasesIn(after)[0]).toEqual({ version: '2.0.0', text: '### Added\n\n- New.' })
    expect(() => withRelease(after, '2.1.0', '2026-03-02')).toThrow('nothing to release')
  })

  // The tag of the major version would go back to old code.
  test.each(['1.9.1', '1.10.0', '0.11.0'])('does not go back to %s', (version) => {
    expect(() => withRelease(CHANGELOG, version, '2026-03-01')).toThrow('is not higher than 1.10.0')
  })

  test('orders versions as numbers', () => {
    expect(isHigher('1.10.0', '1.9.9')).toBe(true)
    expect(isHigher('1.9.9', '1.10.0')).toBe(false)
    expect(isHigher('2.0.0', '2.0.0')).toBe(false)
    expect(['1.2.3', 'v1.2.3', '1.2', '01.2.3', '1.2.3-rc.1'].map(isVersion)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
