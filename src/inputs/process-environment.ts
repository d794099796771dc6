import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

import type { AddInputError } from './scalars.js'

/**
 * Options of Node that show what is in this process to others: its memory, its variables (a diagnostic report has all
 * inputs in it), the keys of its TLS connections, or what goes over them. Profiles (`--cpu-prof`, `--heap-prof`) and traces
 * of events hold names of functions and no values, so they are not among them.
 */
const SHOWING_OPTIONS = [
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

/** Finds what is wrong with the variables that Node and the HTTP client read: values would show, or go another way. */
export function checkProcessEnvironment(env: NodeJS.ProcessEnv, addError: AddInputError): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') addError('NODE_TLS_REJECT_UNAUTHORIZED', TLS_CHECKS_OFF)
  checkCertificates(env['NODE_EXTRA_CA_CERTS'] ?? '', addError)
  for (const name of ['NODE_DEBUG', 'NODE_DEBUG_NATIVE']) {
    if ((env[name] ?? '') !== '') addError(name, NODE_DEBUG)
  }
  const showing = SHOWING_OPTIONS.filter((option) => optionsIn(env['NODE_OPTIONS'] ?? '').has(option))
  if (showing.length > 0) addError('NODE_OPTIONS', `has ${showing.join(' and ')}, ${SHOWS_VALUES}`)
  for (const name of PROXY_VARIABLES) {
    // As the client does: the first one that is not empty counts.
    const variable = [name, name.toUpperCase()].find((each) => (env[each] ?? '') !== '')
    if (variable !== undefined && !isProxy(env[variable] ?? '')) addError(variable, NO_PROXY_ADDRESS)
  }
}

/** `*.host` in `no_proxy` means what `.host` does, and blanks separate like commas: the HTTP client knows neither. */
export function normalizeNoProxy(env: NodeJS.ProcessEnv): void {
  for (const name of ['no_proxy', 'NO_PROXY']) {
    const hosts = env[name]?.split(/[\s,]+/).filter((host) => host !== '')
    if (hosts !== undefined) env[name] = hosts.map((host) => host.replace(/^\*\./, '.')).join(',')
  }
}

const PROXY_VARIABLES = ['https_proxy', 'http_proxy']

/** The names of the options, as Node tells them apart: quotes may stand anywhere, and `_` is `-`. */
function optionsIn(nodeOptions: string): ReadonlySet<string> {
  const words = nodeOptions.replace(/["\\]/g, '').split(/\s+/)
  return new Set(words.map((word) => word.replace(/=.*$/s, '').replaceAll('_', '-')))
}

/** Whether the HTTP client finds a proxy in this. Of `proxy:3128` it would take `proxy` for a scheme, and go directly. */
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

function checkCertificates(file: string, addError: AddInputError): void {
  if (file === '') return
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    addError('NODE_EXTRA_CA_CERTS', isMissing ? NO_CERTIFICATES : NO_PEM)
    return
  }
  const blocks = text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----.*?-----END/gs) ?? []
  if (blocks.length === 0 || !blocks.every(isCertificate)) addError('NODE_EXTRA_CA_CERTS', NO_PEM)
}

function isCertificate(block: string): boolean {
  // OpenSSL's own form has more in it than X509Certificate reads.
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
  'set to 0, so any host could take the place of the workspace. Take it out, and for a private certificate authority ' +
  'set NODE_EXTRA_CA_CERTS to its certificate'

const NODE_DEBUG =
  'set, so Node would write requests with their credentials to the log, ahead of any mask. Take it out'

const SHOWS_VALUES =
  'with which Node would show values and credentials in a file, in the log or to a debugger. Take it out'

const NO_CERTIFICATES =
  'there is no such file, so the certificates in it are not trusted. Check the path, and that an earlier step has made it'

const NO_PEM =
  'the file cannot be read or is not a PEM file of certificates, so Node would ignore it. Convert a certificate in DER ' +
  'form with openssl x509 -inform der'

const NO_PROXY_ADDRESS =
  'cannot be read as the address of a proxy, so requests would go out directly. Write http://host:port, or ' +
  'http://user:password@host:port with special characters as percent codes'
