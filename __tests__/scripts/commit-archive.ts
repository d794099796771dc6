import { execFileSync } from 'node:child_process'

/** Returns the archive of the last commit, as GitHub makes it for a job: tar, or tar.gz. */
export function archiveOfCommit(format: 'tar' | 'tar.gz' = 'tar'): Buffer {
  const archive = ['archive', '--worktree-attributes', `--format=${format}`, 'HEAD']
  return execFileSync('git', archive, { maxBuffer: 1e9 })
}

/** Unpacks the archive of the last commit in an existing folder. */
export function unpackCommit(folder: string): void {
  execFileSync('tar', ['x', '-C', folder], { input: archiveOfCommit() })
}
