import type { Evidence } from './evidence.js'
import { DENIED, NOT_SENT, OPEN, UNPROVED } from './reasons.js'
import type { Said, Statement } from './said.js'

/** Holds what a run says of each principal against the ACLs, before and after it. */
export function judgePermissions(evidence: Evidence, said: Said): string[] {
  const { wanted, before, after } = evidence
  const names = Object.keys(wanted.permissions)
  const told = said.logPermissions.map(({ name }) => name)
  const expected = said.stopped ? [] : names
  const old = before.exists || !after.exists ? before.acls : wanted.aclsOfNew
  const others = [...new Set([...Object.keys(old), ...Object.keys(after.acls)])].filter(
    (name) => !names.includes(name) && old[name] !== after.acls[name],
  )
  return [
    ...(JSON.stringify(told) === JSON.stringify(expected)
      ? []
      : ['it does not tell of each permission once']),
    ...others.map((name) => `it has touched the permission of ${name}, which is none of its business`),
    ...said.logPermissions.flatMap((statement) =>
      judgePermission(evidence, statement).map(
        (wrong) => `the permission of ${statement.name} is said to be ${statement.outcome}, and ${wrong}`,
      ),
    ),
  ]
}

function judgePermission(
  { wanted, before, after, requests }: Evidence,
  { name, outcome, reason }: Statement,
): string[] {
  const [old, now, ofInput] = [before.acls[name], after.acls[name], wanted.permissions[name]]
  const isSent = requests.some(({ call, about }) => call === 'secrets/acls/put' && about === name)
  if (outcome === 'set') return now === ofInput && isSent ? [] : ['it is not']
  if (outcome === 'unchanged')
    return now === ofInput && old === ofInput && !isSent ? [] : ['it is another one']
  if (reason === '') return ['it does not say why']
  if (NOT_SENT.test(reason)) return isSent ? ['it was sent, and the report says that it was not'] : []
  if (UNPROVED.test(reason) || DENIED.test(reason))
    return isSent ? [] : ['it is said to have been set all the same, and was not']
  return OPEN.test(reason) || now === old ? [] : ['it was set, and the report does not say so']
}
