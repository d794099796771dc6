import {
  cutHead,
  cutShort,
  endless,
  hangUp,
  neverAnswer,
  reset,
  thenHangUp,
  trickle,
} from '../../emulator/faults.js'
import { after, altered, before } from '../../emulator/interceptors.js'
import type { Interceptor } from '../../emulator/loopback-server.js'
import { refusal } from '../../emulator/refusals.js'
import { apiError, html, json, redirect, text } from '../../emulator/reply.js'
import { padded, retyped, STRANGE_ANSWERS } from '../../emulator/strange-answers.js'

/** A way in which a request goes wrong. */
export interface FaultKind {
  readonly name: string
  /** Whether the request has taken effect by then. */
  readonly effect: 'before' | 'after'
  readonly fault: Interceptor
  /** Whether a request that it befalls once, and no more, has to arrive all the same. */
  readonly passes: boolean
  /** Whether it takes waiting: then the action's time-outs pass faster. */
  readonly slow: boolean
  /** Whether it is tried at each position; otherwise it is much like one that is, and a few positions are enough. */
  readonly everywhere: boolean
  /** The calls that it is not for: what it says would be a lie there, or nothing that such a server says. */
  readonly notFor: RegExp
}

type Traits = Partial<Pick<FaultKind, 'passes' | 'slow' | 'everywhere' | 'notFor'>>

function kind(name: string, effect: FaultKind['effect'], fault: Interceptor, traits: Traits = {}): FaultKind {
  const usual = { passes: false, slow: false, everywhere: false, notFor: /^$/ }
  return { ...usual, ...traits, name, effect, fault }
}

/** The same before the request has taken effect, and after it. */
function both(name: string, answer: Parameters<typeof before>[0], traits: Traits = {}): FaultKind[] {
  return [kind(name, 'before', before(answer), traits), kind(name, 'after', after(answer), traits)]
}

/** The calls that change something. */
export const WRITES = /put$|delete$|create$/

/** Where tokens come from: there, errors have the form of OAuth. */
const SIGN_IN = /^\/(?:oidc|\.well-known)\//

const OK = json(200, {})
const PASSES = { passes: true }
const EVERYWHERE = { everywhere: true }
const PASSES_EVERYWHERE = { ...PASSES, ...EVERYWHERE }
const SILENT = { ...PASSES_EVERYWHERE, slow: true }

const CONNECTION: readonly FaultKind[] = [
  ...both('connection reset', reset, PASSES_EVERYWHERE),
  ...both('connection closed', hangUp, PASSES_EVERYWHERE),
  ...both('cut in the head of the answer', cutHead(), PASSES_EVERYWHERE),
  ...both('reset in the head of the answer', cutHead(reset), PASSES),
  kind('cut in the body of the answer', 'before', before(cutShort(OK, 1)), PASSES),
  kind(
    'cut in the body of the answer',
    'after',
    altered((reply) => cutShort(reply, 1)),
    PASSES_EVERYWHERE,
  ),
  kind(
    'reset in the body of the answer',
    'after',
    altered((reply) => cutShort(reply, 1, reset)),
    PASSES,
  ),
  ...both('silence', neverAnswer, SILENT),
  kind(
    'silence in the body of the answer',
    'after',
    altered((reply) => cutShort(reply, 1, neverAnswer)),
    {
      ...PASSES,
      slow: true,
    },
  ),
  kind('an answer that trickles for too long', 'after', after(trickle(padded(400), { everyMs: 10 })), {
    ...PASSES,
    slow: true,
  }),
  kind(
    'an answer in pieces',
    'after',
    altered((reply) => trickle(reply, { bytes: 7, everyMs: 1 })),
    PASSES,
  ),
  kind('connection closed behind the answer', 'after', altered(thenHangUp), PASSES_EVERYWHERE),
]

const THROTTLED: readonly FaultKind[] = [
  kind('429, Retry-After: 0', 'before', before(refusal(429, { retryAfter: 0 })), PASSES_EVERYWHERE),
  kind('429 RESOURCE_EXHAUSTED', 'before', before(refusal(429, { code: 'RESOURCE_EXHAUSTED' })), PASSES),
  kind('429 of a gateway', 'before', before(refusal(429, { shape: 'text' })), PASSES),
  kind(
    'REQUEST_LIMIT_EXCEEDED with status 400',
    'before',
    before(refusal(400, { code: 'REQUEST_LIMIT_EXCEEDED' })),
    { ...PASSES, notFor: SIGN_IN },
  ),
]

const BROKEN: readonly FaultKind[] = [
  ...both('500 INTERNAL_ERROR', refusal(500), PASSES_EVERYWHERE),
  ...both('502 of a gateway, a page', refusal(502, { shape: 'html' }), PASSES),
  ...both('503 TEMPORARILY_UNAVAILABLE', refusal(503), PASSES_EVERYWHERE),
  ...both('503 as ERROR_CODE: message', refusal(503, { shape: 'coded text' }), PASSES),
  ...both('504 of a gateway, text', refusal(504, { shape: 'text' }), PASSES_EVERYWHERE),
  ...both('TEMPORARILY_UNAVAILABLE with status 200', apiError(200, 'TEMPORARILY_UNAVAILABLE', 'Later.'), {
    ...PASSES,
    notFor: SIGN_IN,
  }),
]

const REFUSED: readonly FaultKind[] = [
  kind(
    '400 INVALID_PARAMETER_VALUE',
    'before',
    before(refusal(400, { code: 'INVALID_PARAMETER_VALUE' })),
    EVERYWHERE,
  ),
  kind('400 BAD_REQUEST', 'before', before(refusal(400))),
  kind('401', 'before', before(refusal(401)), EVERYWHERE),
  kind('403 PERMISSION_DENIED', 'before', before(refusal(403)), EVERYWHERE),
  kind('403 with a number', 'before', before(refusal(403, { shape: 'number' }))),
  kind('403 of a firewall, a page', 'before', before(refusal(403, { shape: 'html' }))),
  kind('404 ENDPOINT_NOT_FOUND', 'before', before(refusal(404, { code: 'ENDPOINT_NOT_FOUND' }))),
  // Of a delete it says that the key is gone.
  kind('404 RESOURCE_DOES_NOT_EXIST', 'before', before(refusal(404)), {
    ...EVERYWHERE,
    notFor: /^secrets\/delete$/,
  }),
  kind('404 of a gateway, a page', 'before', before(refusal(404, { shape: 'html' }))),
  kind('409 ABORTED', 'before', before(refusal(409))),
  kind('400 RESOURCE_LIMIT_EXCEEDED', 'before', before(refusal(400, { code: 'RESOURCE_LIMIT_EXCEEDED' }))),
]

const ELSEWHERE: readonly FaultKind[] = [
  ...both('302 to a login page', redirect('/login.html', 302), EVERYWHERE),
  ...both('303', redirect('/elsewhere', 303)),
  ...both('307 to another host', redirect('http://127.0.0.1:9/elsewhere', 307)),
  ...both('308', redirect('/elsewhere', 308)),
]

const STRANGE: readonly FaultKind[] = [
  ...both('an answer without end', endless, EVERYWHERE),
  kind('an answer that is too long', 'after', after(padded(5 * 1024 * 1024))),
  kind(
    'JSON that calls itself a page',
    'after',
    altered((reply) => retyped(reply, 'text/html')),
    PASSES,
  ),
  ...both('201 without a body', text(201, '')),
  ...both('a login page with status 200', html(200, '<h1>Sign in</h1>'), EVERYWHERE),
  ...Object.entries(STRANGE_ANSWERS).flatMap(([name, reply]) =>
    // A JSON object is what the API answers a write with, whatever is in it; an empty answer counts as one.
    name === 'fields of other types' || name === 'no body'
      ? [kind(`status 200 with ${name}`, 'before', before(reply), { notFor: WRITES })]
      : both(`status 200 with ${name}`, reply),
  ),
]

/** Every way in which a request goes wrong, by what it is like. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...CONNECTION,
  ...THROTTLED,
  ...BROKEN,
  ...REFUSED,
  ...ELSEWHERE,
  ...STRANGE,
]
