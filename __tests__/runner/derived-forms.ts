/**
 * The forms of a secret that the runner masks besides the secret itself (`ValueEncoders` in actions/runner, in the
 * order in which its `HostContext` adds them). Forms equal to the secret or to each other come as often as they arise;
 * an empty one means that the runner has no such form for this secret.
 */
export function derivedForms(secret: string): string[] {
  return [
    base64(secret, 0),
    base64(secret, 1),
    base64(secret, 2),
    secret.replaceAll('"', '\\"'), // a command-line argument
    secret.replaceAll("'", "''"), // a string of the workflow's expressions
    jsonEscape(secret),
    uriEscape(secret),
    xmlEscape(secret),
    trimDoubleQuotes(secret),
    ...powerShellSections(secret),
  ]
}

/**
 * The three alignments: Base64, with its padding, of the UTF-8 bytes from the first, second or third on. None for a
 * secret of several lines: the runner cannot be relied on to know it, so a log that needs it must not pass.
 */
function base64(secret: string, shift: number): string {
  if (/[\r\n]/.test(secret)) return ''
  const bytes = Buffer.from(secret)
  return (bytes.length > shift ? bytes.subarray(shift) : bytes).toString('base64')
}

/** Newtonsoft's `JsonConvert.ToString` without the quotes: it escapes the Unicode line ends, which JavaScript leaves. */
function jsonEscape(secret: string): string {
  return JSON.stringify(secret)
    .slice(1, -1)
    .replace(/[\x85\u2028\u2029]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))
}

/** `Uri.EscapeDataString`: all but the unreserved characters of RFC 3986, of which JavaScript leaves five more. */
function uriEscape(secret: string): string {
  return encodeURIComponent(secret).replace(
    /[!'()*]/g,
    (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase(),
  )
}

/** `SecurityElement.Escape`. */
function xmlEscape(secret: string): string {
  const entities: Record<string, string> = { '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos', '&': 'amp' }
  return secret.replace(/[<>"'&]/g, (c) => `&${entities[c] ?? ''};`)
}

function trimDoubleQuotes(secret: string): string {
  return secret.length > 8 && secret.startsWith('"') && secret.endsWith('"') ? secret.slice(1, -1) : ''
}

/**
 * The two sections in which PowerShell prints a secret that it took for a command: up to the last `&` and after it;
 * or, where there is a `&+`, up to that and from the second character after it on, as colour codes enclose the first.
 * Sections under six characters are not masked. Approximate: PowerShell's ways of breaking a line are more.
 */
function powerShellSections(secret: string): string[] {
  const plus = secret.indexOf('&+')
  const end = plus >= 0 ? plus + 2 : secret.lastIndexOf('&') + 1
  if (end === 0) return []
  return [secret.slice(0, end), secret.slice(plus >= 0 ? end + 1 : end)].filter(
    (section) => section.length >= 6,
  )
}
