type Escape = (character: string) => string
type Form = (text: string) => string

/** The escapes of JavaScript, in the spelling of most JSON libraries. */
const unicode: Escape = (character) => `\\u${hex(character, 4)}`
const unicodeInCapitals: Escape = (character) => `\\u${hex(character, 4).toUpperCase()}`
const reference: Escape = (character) => `&#${character.codePointAt(0)};`
const hexReference: Escape = (character) => `&#x${hex(character)};`
const hexReferenceInCapitals: Escape = (character) => `&#x${hex(character).toUpperCase()};`
const backslashed: Escape = (character) => `\\${character}`

/** What each library makes of the five characters that mean something to HTML, and of others. */
const HTML_FORMS: readonly Form[] = [
  // Python, Go and all the others treat quotes differently.
  (text) => html(text, '&quot;', '&#x27;'),
  (text) => html(text, '&#34;', '&#39;'),
  (text) => html(text, '&quot;', '&#39;'),
  // PHP before 8.1, and many pages that are written by hand.
  (text) => html(text, '&quot;', "'"),
  (text) => html(text, '"', "'"),
]

const MORE_HTML_FORMS: readonly Form[] = [
  // Go's html/template.
  (text) => html(text, '&#34;', '&#39;').replaceAll('+', '&#43;'),
  // .NET's HtmlEncoder.
  (text) => html(text, '&quot;', '&#x27;').replace(/[+`]|[^\0-\x7f]/gu, hexReferenceInCapitals),
  // Mustache and Handlebars.
  (text) => html(text, '&quot;', '&#39;').replace(/[/`=]/g, hexReferenceInCapitals),
  (text) => html(text, '&quot;', '&#x27;').replace(/[`=]/g, hexReferenceInCapitals),
  // What writes XML in ASCII; .NET's WebUtility.
  (text) => html(text, '&quot;', '&#39;').replace(/[^\0-\x7f]/gu, reference),
]

/** Numeric references alone, of the same characters and of all that is no letter or digit. */
const NUMERIC_HTML_FORMS: readonly Form[] = [
  ...[reference, hexReference, hexReferenceInCapitals].map(
    (escape) => (text: string) => text.replace(/[&<>"']|[^\0-\x7f]/gu, escape),
  ),
  referenceAll,
]

/** Of ESAPI and its like. */
const HEX_HTML_FORMS: readonly Form[] = [hexReference, hexReferenceInCapitals].map(
  (escape) => (text: string) => text.replace(/[^\w\r\n .,-]/gu, escape),
)

/** What a shell writes, so that it can read it again. */
const SHELL_FORMS: readonly Form[] = [
  traced,
  // `declare -p` and `export -p` of bash.
  (text) => text.replace(/["\\$`]/g, backslashed),
]

/** `printf %q` of bash, alone and within a longer text. */
const SHELL_FORMS_OF_PLACES: readonly Form[] = [
  (text) => backslashSpecial(text).replace(/^[#~]/, backslashed),
  backslashSpecial,
]

/** Of bash, for text with control characters, and in the locale C for all that is not ASCII. */
const ANSI_C: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\E',
}

/** Of PyYAML, for text that is not ASCII. */
const YAML: Readonly<Record<string, string>> = {
  '\0': '\\0',
  ...ANSI_C,
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

/** What URL libraries leave of text that is put into a URL: the others of {@link encodingsOf} escape more. */
const URL_FORMS: readonly RegExp[] = [
  /[^\w!$%&'()*+,.~-]/gu, // user info of browsers and Node (WHATWG URL)
  /[^\w!$&'()*+,;=.~-]/gu, // user info of RFC 3986
  /[^\w!$&'()*+,;:=.~-]/gu, // user info of Java, which leaves the colon
  /[^\w$&+,;=.~-]/gu, // user info of Go
  /[^\w$&+:=@.~-]/gu, // a part of a path of Go
  /[^\w!$%&'()*+,./:;=@[\]^|~-]/gu, // a path of browsers and Node
  /[^\w!$%&()*+,./:;=?@[\\\]^`{|}~-]/gu, // a query of browsers and Node
  /[^\w!'()*;:@&=+$,/?#[\].~-]/gu, // EscapeUriString of .NET
]

const COMMON_FORMS: readonly Form[] = [
  jsonOf,
  // Python escapes what is not ASCII, Go what means something to HTML, and PHP the slash as well.
  asciiJsonOf,
  ...[jsonOf, asciiJsonOf].flatMap((json) => [
    (text: string) => json(text).replaceAll('/', '\\/'),
    (text: string) => json(text).replace(/[<>&]/g, unicode),
  ]),
  ...HTML_FORMS,
  traced,
]

const MORE_FORMS: readonly Form[] = [
  // Gson.
  (text) => jsonOf(text).replace(/[<>&='\u2028\u2029]/g, unicode),
  // .NET.
  (text) =>
    jsonOf(text)
      .replaceAll('\\"', '\\u0022')
      .replace(/[<>&'+`\x7f]|[^\0-\x7f]/g, unicodeInCapitals),
  (text) => jsonOf(text).replace(/[^\0-\x7f]/g, unicodeInCapitals),
  yamlOf,
  // What Python and Node show of a text in a list.
  (text) => text.replaceAll('\\', '\\\\').replace(/[\n\r\t]/g, ansiC),
  ...[/[^ -~\x80-\u{10ffff}]/gu, /[^ -~]/gu].map(
    (escaped) => (text: string) => text.replace(/[\\']/g, backslashed).replace(escaped, ansiC),
  ),
  ...MORE_HTML_FORMS,
  ...NUMERIC_HTML_FORMS,
  ...HEX_HTML_FORMS,
  ...SHELL_FORMS,
  ...URL_FORMS.map((escaped) => (text: string) => text.replace(escaped, percent)),
]

const MORE_FORMS_OF_PLACES: readonly Form[] = [propertyOf, ...SHELL_FORMS_OF_PLACES]

/** What tools make of text that has something to escape, where a line break stays one: in HTML, in a shell. */
export const lineEscapesOf = escaper(
  [...HTML_FORMS, ...MORE_HTML_FORMS, ...NUMERIC_HTML_FORMS, ...SHELL_FORMS],
  SHELL_FORMS_OF_PLACES,
)

/** What most tools make of text that has something to escape: in JSON, in HTML, in a trace of a shell. */
export const escapesOf = escaper(COMMON_FORMS, [])

/** What other tools make of such text: in JSON, HTML, YAML, a URL, a shell. */
export const moreEscapesOf = escaper(MORE_FORMS, MORE_FORMS_OF_PLACES)

/** {@link escapesOf} and {@link moreEscapesOf}. */
export const allEscapesOf = escaper([...COMMON_FORMS, ...MORE_FORMS], MORE_FORMS_OF_PLACES)

/** So many characters are remembered. */
const REMEMBERED = 4_096

/** Letters that no form escapes, and that are in no escape. */
const SEPARATOR = 'ZqZ'

/**
 * Makes a function that gives all forms of a text but those that are the text itself, or come twice. What `forms` make of
 * a character does not depend on where it stands, so it is found out once; `ofPlaces` are the others.
 */
function escaper(forms: readonly Form[], ofPlaces: readonly Form[]): (text: string) => string[] {
  /** What each of the forms makes of a character. */
  const known = new Map<string, readonly string[]>()
  const learn = (characters: readonly string[]): void => {
    const joined = characters.join(SEPARATOR)
    const made = forms.map((form) => form(joined).split(SEPARATOR))
    if (known.size >= REMEMBERED) known.clear()
    for (const [index, character] of characters.entries()) {
      known.set(
        character,
        made.map((escaped) => escaped[index] ?? ''),
      )
    }
  }
  return (text) => {
    if (hasNothingToEscape(text)) return []
    // Most tokens: of these characters tools make nothing but references.
    if (/^[\w.-]+$/.test(text)) return forms.includes(referenceAll) ? [referenceAll(text)] : []
    // Every second part is a special character.
    const parts = text.split(/([^A-Za-z\d])/u)
    const special = [...new Set(parts.filter((_, index) => index % 2 === 1))]
    if (!special.every((character) => known.has(character))) learn(special)
    const escapes = special.map((character) => known.get(character) ?? [])
    const kinds = new Set([special.join(SEPARATOR)])
    const made = new Set<string>()
    for (let form = 0; form < forms.length; form++) {
      // Most forms differ in characters alone that this text does not have.
      if (kinds.size === kinds.add(escapes.map((each) => each[form]).join(SEPARATOR)).size) continue
      made.add(parts.map((part, index) => (index % 2 === 1 ? known.get(part)?.[form] : part)).join(''))
    }
    for (const form of ofPlaces) made.add(form(text))
    made.delete(text)
    return [...made]
  }
}

/** Whether a text is letters and digits alone, which nothing escapes. */
export function hasNothingToEscape(text: string): boolean {
  return /^[a-z\d]*$/i.test(text)
}

function jsonOf(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function asciiJsonOf(text: string): string {
  return jsonOf(text).replace(/[^\0-\x7f]/g, unicode)
}

/** A trace of bash (`set -x`). */
function traced(text: string): string {
  return text.replaceAll("'", String.raw`'\''`)
}

function backslashSpecial(text: string): string {
  return text.replace(/[ !"$&'()*,;<>?[\\\]^`{|}]|(?<=[:=])~/g, backslashed)
}

/** References of all that is no letter or digit, but for blanks and line breaks. */
function referenceAll(text: string): string {
  return text.replace(/[^a-z\d\r\n ]/giu, reference)
}

function html(text: string, double: string, single: string): string {
  if (!/[&<>"']/.test(text)) return text
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replaceAll('"', double)
    .replaceAll("'", single)
}

function ansiC(character: string): string {
  return (
    ANSI_C[character] ??
    [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  )
}

function yamlOf(text: string): string {
  return text.replace(/["\\]/g, backslashed).replace(/[^ -~]/gu, (character) => {
    const digits = hex(character).toUpperCase()
    if (digits.length > 4) return `\\U${digits.padStart(8, '0')}`
    return (
      YAML[character] ??
      (digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`)
    )
  })
}

/** `Properties.store` of Java. */
function propertyOf(text: string): string {
  return text
    .replace(/[\\=:#!]|^ /g, backslashed)
    .replace(/[\t\n\f\r]/g, ansiC)
    .replace(/[^ -~]/g, unicodeInCapitals)
}

function percent(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
}

function hex(character: string, digits = 0): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0')
}
