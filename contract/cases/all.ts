import { ACL_CASES } from './acls.js'
import { ACTION_CASES } from './action.js'
import { CALLER_CASES } from './callers.js'
import type { Case } from './case.js'
import { CATALOG_CASES } from './catalog-secrets.js'
import { CONSUMER_CASES } from './consumers.js'
import { PERMISSION_CASES } from './permissions.js'
import { PUT_CASES } from './puts.js'
import { SCOPE_CASES } from './scopes.js'
import { SECRET_CASES } from './secrets.js'
import { SIGN_IN_CASES } from './sign-in.js'

/** All rows of the contract table, in its order. */
export const ALL_CASES: readonly Case[] = [
  ...SCOPE_CASES,
  ...PUT_CASES,
  ...SECRET_CASES,
  ...ACL_CASES,
  ...PERMISSION_CASES,
  ...CATALOG_CASES,
  ...CONSUMER_CASES,
  ...CALLER_CASES,
  ...SIGN_IN_CASES,
  ...ACTION_CASES,
]
