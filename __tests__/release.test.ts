import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { placePrograms } from './runner/workflow/programs.js'

const COMMIT = '1'.repeat(40)
const OTHER = '2'.repeat(40)

/** A GitHub with this and that already there, which notes what it is asked to do. */
const GH = `
echo "$*" >>calls
case "$*" in
  'api repos/owner/repo/git/ref/tags/v1.2.3 '*)
    if [ -z "$TAG_AT" ]; then echo '{"message":"Not Found"}'; exit 1; fi
    echo "$TAG_AT" ;;
  'api repos/owner/repo/git/ref/tags/v1 '*) [ -n "$MAJOR_THERE" ] ;;
  'release view '*) [ -n "$RELEASE_THERE" ] ;;
  'release create '*) cat >notes ;;
esac`

const { jobs } = parse(readFileSync('.github/workflows/release.yml', 'utf8')) as {
  jobs: { publish: { steps: { run: string }[] } }
}
const script = jobs.publish.steps[0]?.run ?? ''

let folder: string
let bin: string

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'release-'))
  bin = await placePrograms(path.join(folder, 'bin'), { gh: GH })
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Runs the step as the runner does; gives what GitHub was asked to change. */
function publish(there: { TAG_AT?: string; MAJOR_THERE?: string; RELEASE_THERE?: string }): string[] {
  execFileSync('bash', ['-e', '-c', script], {
    cwd: folder,
    stdio: 'pipe',
    env: {
      PATH: [bin, process.env['PATH']].join(path.delimiter),
      GITHUB_REPOSITORY: 'owner/repo',
      GITHUB_SHA: COMMIT,
      VERSION: '1.2.3',
      NOTES: '### Fixed\n\n- `$(touch run)`, "quoted".',
      TAG_AT: '',
      MAJOR_THERE: '',
      RELEASE_THERE: '',
      ...there,
    },
  })
  const calls = readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n')
  return calls.filter((call) => !/^(api repos\/owner\/repo\/git\/ref\/|release view)/.test(call))
}

const TAG = `api -X POST repos/owner/repo/git/refs -f ref=refs/tags/v1.2.3 -f sha=${COMMIT} --silent`
const RELEASE = 'release create v1.2.3 --repo owner/repo --verify-tag --title v1.2.3 --notes-file -'
const NEW_MAJOR = `api -X POST repos/owner/repo/git/refs -f ref=refs/tags/v1 -f sha=${COMMIT} --silent`
const MAJOR = `api -X PATCH repos/owner/repo/git/refs/tags/v1 -f sha=${COMMIT} -F force=true --silent`

describe('the publishing of a release', () => {
  // Who is on v1 would get the release before it is one, or never.
  test('tags the commit, makes the release and moves the major version, in this order', () => {
    expect(publish({ MAJOR_THERE: 'yes' })).toEqual([TAG, RELEASE, MAJOR])
    expect(readFileSync(path.join(folder, 'notes'), 'utf8')).toBe(
      '### Fixed\n\n- `$(touch run)`, "quoted".\n',
    )
    expect(existsSync(path.join(folder, 'run'))).toBe(false)
  })

  test('makes the tag of a major version that is new', () => {
    expect(publish({})).toEqual([TAG, RELEASE, NEW_MAJOR])
  })

  test('goes on where it has failed half-way', () => {
    expect(publish({ TAG_AT: COMMIT })).toEqual([RELEASE, NEW_MAJOR])
    expect(publish({ TAG_AT: COMMIT, RELEASE_THERE: 'yes' }).at(-1)).toBe(NEW_MAJOR)
  })

  // Who has pinned the version, or has checked its attestation, would get other code under its name.
  test('changes nothing when the version is there at another commit', () => {
    expect(() => publish({ TAG_AT: OTHER, MAJOR_THERE: 'yes' })).toThrow()
    expect(readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1)
  })
})
