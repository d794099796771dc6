import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

import type { InputErrors } from './input-errors.js'

/**
 * Options of Node that expose this process: its memory, its variables (a diagnostic report contains all inputs), or the
 * keys and contents of its TLS connections. Profiles (`--cpu-prof`, `--heap-prof`) and event traces contain names of
 * functions and no values, so they are allowed.
 */
const EXPOSING_OPTIONS = [
  '--abort-on-uncaught-exception',
  '--heapsnapshot-near-heap-limit',
  '--heapsnapshot-signal',
  '--inspect',
  '--inspect-brk',
  '--inspect-wait',
  '--report-on-fatalerror',
  '--report-on-signal',
  '--report-uncaught-exception',
  '--tls-keylog',
  '--trace-tls',
]

/** Checks the environment variables that Node and the HTTP client read: they could expose values or bypass the proxy. */
export function checkNodeEnvironment(env: NodeJS.ProcessEnv, errors: InputErrors): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') errors.add('NODE_TLS_REJECT_UNAUTHORIZED', TLS_CHECKS_OFF)
  checkCertificates(env['NODE_EXTRA_CA_CERTS'] ?? '', errors)
  for (const name of ['NODE_DEBUG', 'NODE_DEBUG_NATIVE']) {
    if ((env[name] ?? '') !== '') errors.add(name, NODE_DEBUG)
  }
  const options = optionsIn(env['NODE_OPTIONS'] ?? '')
  const exposing = EXPOSING_OPTIONS.filter((option) => options.has(option))
  if (exposing.length > 0) errors.add('NODE_OPTIONS', `contains ${exposing.join(' and ')}, ${EXPOSES_VALUES}`)
  for (const name of PROXY_VARIABLES) {
    // Like the HTTP client: the first one that is not empty counts.
    const variable = [name, name.toUpperCase()].find((each) => (env[each] ?? '') !== '')
    if (variable !== undefined && !isProxy(env[variable] ?? '')) errors.add(variable, INVALID_PROXY)
  }
}

/** Rewrites `no_proxy`: `*.host` becomes `.host`, and blanks become commas. The HTTP client knows neither. */
export function normalizeNoProxy(env: NodeJS.ProcessEnv): void {
  for (const name of ['no_proxy', 'NO_PROXY']) {
    const hosts = env[name]?.split(/[\s,]+/).filter((host) => host !== '')
    if (hosts !== undefined) env[name] = hosts.map((host) => host.replace(/^\*\./, '.')).join(',')
  }
}

const PROXY_VARIABLES = ['https_proxy', 'http_proxy']

/** The names of the options, as Node parses them: quotes may be anywhere, and `_` is `-`. */
function optionsIn(nodeOptions: string): ReadonlySet<string> {
  const words = nodeOptions.replace(/["\\]/g, '').split(/\s+/)
  return new Set(words.map((word) => word.replace(/=.*$/s, '').replaceAll('_', '-')))
}

/** Whether the HTTP client can use this proxy. In `proxy:3128` it takes `proxy` for a scheme, and uses no proxy. */
function isProxy(address: string): boolean {
  const text = URL.canParse(address) || /^https?:/.test(address) ? address : `http://${address}`
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && isDecodable(username) && isDecodable(password)
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function checkCertificates(file: string, errors: InputErrors): void {
  if (file === '') return
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    errors.add('NODE_EXTRA_CA_CERTS', isMissing ? NO_CERTIFICATES : NO_PEM)
    return
  }
  const blocks = text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----.*?-----END/gs) ?? []
  if (blocks.length === 0 || !blocks.every(isCertificate)) errors.add('NODE_EXTRA_CA_CERTS', NO_PEM)
}

function isCertificate(block: string): boolean {
  // X509Certificate cannot read the forms that only OpenSSL has.
  const [, base64 = ''] = /^-----BEGIN CERTIFICATE-----(.*)-----END$/s.exec(block) ?? []
  if (base64 === '') return true
  try {
    new X509Certificate(Buffer.from(base64, 'base64'))
    return true
  } catch {
    return false
  }
}

const TLS_CHECKS_OFF =
  'set to 0, so any host could impersonate the workspace. Remove it. For a private certificate authority, set ' +
  'NODE_EXTRA_CA_CERTS to the path of its certificate'

const NODE_DEBUG =
  'set, so Node would write requests with their credentials to the log before any mask. Remove it'

const EXPOSES_VALUES =
  'so Node would show values and credentials in a file, in the log or to a debugger. Remove it'

const NO_CERTIFICATES =
  'the file does not exist, so its certificates are not trusted. Check the path, and that an earlier step creates the file'

const NO_PEM =
  'the file cannot be read, or is not a PEM file with certificates, so Node would ignore it. Convert a certificate in ' +
  'DER form with openssl x509 -inform der'

const INVALID_PROXY =
  'not a valid address of a proxy, so requests would bypass the proxy. Write http://host:port, or ' +
  'http://user:password@host:port with special characters percent-encoded'
