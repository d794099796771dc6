// Module hooks: they find `x.ts` where our TypeScript imports `./x.js`, and compile it. What is compiled stays in .cache.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath, URL } from 'node:url'

const CACHE = path.resolve(import.meta.dirname, '..', '..', '.cache', 'typescript')

export function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL)
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true }
  }
  return next(specifier, context)
}

export async function load(url, context, next) {
  // Libraries import JSON as bundlers take it, without saying what it is.
  if (url.endsWith('.json')) return next(url, { ...context, importAttributes: { type: 'json' } })
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const source = readFileSync(new URL(url), 'utf8')
  const cached = path.join(CACHE, `${createHash('sha256').update(source).digest('hex')}.js`)
  if (!existsSync(cached)) await compile(source, fileURLToPath(url), cached)
  return { format: 'module', source: readFileSync(cached, 'utf8'), shortCircuit: true }
}

async function compile(source, fileName, cached) {
  const { default: ts } = await import('typescript')
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
  }
  const { outputText } = ts.transpileModule(source, { fileName, compilerOptions })
  mkdirSync(CACHE, { recursive: true })
  // Processes that run at the same time compile the same file.
  const own = `${cached}.${process.pid}`
  writeFileSync(own, outputText)
  renameSync(own, cached)
}
