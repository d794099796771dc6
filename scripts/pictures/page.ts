import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { Marked } from 'marked'
import markedAlert from 'marked-alert'

import type { LogEntry } from '../../__tests__/runner/step.js'

/** Light, or dark for readers who prefer it. */
const stylesheet = readFileSync(
  createRequire(import.meta.url).resolve('github-markdown-css/github-markdown.css'),
  'utf8',
)

/** The element that is to be seen, by its id. */
export const SUBJECT_ID = 'subject'

/** The job summary as the page of a run shows it: the rendered Markdown, in a box that is named after the job. */
export async function summaryPage(markdown: string): Promise<string> {
  const body = await new Marked({ gfm: true }).use(markedAlert()).parse(markdown)
  return page(
    `<section class="box"><header>sync summary</header><div class="markdown-body">${body}</div></section>`,
  )
}

/** The log as the page of a job shows it: numbered lines on a dark ground, the step's own group closed. */
export function logPage(entries: readonly LogEntry[]): string {
  const [title, ...lines] = entries.filter(({ kind }, index) => index === 0 || kind !== 'header')
  const rows = [{ kind: 'group' as const, text: `▸ ${title?.text ?? ''}` }, ...lines].map(
    ({ kind, text, coloured }: LogEntry, index) =>
      `<div class="line ${kind}"><span class="number">${index + 1}</span><span class="text">${colourLabel(coloured ?? text)}</span></div>`,
  )
  return page(`<section class="log">${rows.join('')}</section>`)
}

/** GitHub has the word at the start of a message in the colour of its kind, and the message in that of all others. */
function colourLabel(text: string): string {
  const [, label = '', rest = text] = /^((?:Error|Warning|Notice): )(.*)$/s.exec(text) ?? []
  return `${label === '' ? '' : `<b>${label}</b>`}${colourWords(escape(rest))}`
}

/** The ANSI colours of the action as GitHub shows them. */
function colourWords(html: string): string {
  return html.replace(
    // eslint-disable-next-line no-control-regex -- the escape that starts a colour
    /\u001B\[(31|33)m(.*?)\u001B\[0m/g,
    (_, code: string, words: string) => `<b class="${code === '31' ? 'red' : 'yellow'}">${words}</b>`,
  )
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function page(subject: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><style>${stylesheet}${LAYOUT}</style><body><main id="${SUBJECT_ID}">${subject}</main></body></html>`
}

const LAYOUT = `
:root { --ground: #fff; --head: #f6f8fa; --line: #d1d9e0; --ink: #1f2328; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --head: #151b23; --line: #3d444d; --ink: #f0f6fc; }
}
body { margin: 0; background: var(--ground); }
/* As wide as its content, so that the picture has no empty half. */
#${SUBJECT_ID} { box-sizing: border-box; width: fit-content; min-width: 480px; max-width: 896px; padding: 8px; }
.box { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.box > header {
  padding: 10px 16px; background: var(--head); border-bottom: 1px solid var(--line);
  font: 600 14px 'Noto Sans', Helvetica, Arial, sans-serif; color: var(--ink);
}
.box > .markdown-body { padding: 16px 16px 20px; font-size: 14px; }
.log {
  padding: 12px 0; border-radius: 6px; background: #0d1117; color: #d1d7e0;
  font: 12px/20px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
.line { display: flex; padding: 0 16px 0 0; }
.number { flex: none; width: 36px; margin-right: 16px; text-align: right; color: #7d8590; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.red { color: #ff7b72; font-weight: inherit; }
.yellow { color: #d29922; font-weight: inherit; }
.error { background: rgb(248 81 73 / 15%); }
.error b { color: #ff7b72; }
.warning { background: rgb(187 128 9 / 15%); }
.warning b { color: #d29922; }
.notice b { color: #58a6ff; }
`
