import { setTimeout as delay } from 'node:timers/promises'
import type { Interceptor } from '../../emulator/loopback-server.js'
import { apiError, json, text } from '../../emulator/reply.js'

const FILES = '/api/2.0/workspace-files/'
const IMPORT = `${FILES}import-file/`

const BINARY = { 'content-type': 'application/octet-stream' }

/**
 * The files of a workspace, as far as `databricks bundle deploy` needs them for its state and its lock: it stores what it is
 * sent, and gives it back. It is no part of what is judged.
 */
export function workspaceFiles(): Interceptor {
  const files = new Map<string, Buffer>()
  const folders = new Set<string>()
  return async ({ method, path, query, rawBody, body }) => {
    await delay(0)
    const asked = query.get('path') ?? (body as { path?: string } | undefined)?.path ?? ''
    const missing = apiError(404, 'RESOURCE_DOES_NOT_EXIST', `Path (${asked}) doesn't exist.`)
    if (path.startsWith(IMPORT)) {
      const file = `/${decodeURIComponent(path.slice(IMPORT.length)).replace(/^\//, '')}`
      if (query.get('overwrite') === 'false' && files.has(file)) {
        return apiError(409, 'ALREADY_EXISTS', `Path (${file}) already exists.`)
      }
      files.set(file, rawBody)
      return json(200, {})
    }
    if (path.startsWith(FILES)) {
      const content = files.get(`/${decodeURIComponent(path.slice(FILES.length)).replace(/^\//, '')}`)
      return content === undefined ? missing : text(200, content, BINARY)
    }
    switch (`${method} ${path}`) {
      case 'GET /api/2.0/workspace/get-status':
        if (folders.has(asked))
          return json(200, { path: asked, object_type: 'DIRECTORY', object_id: 2, resource_id: '2' })
        if (!files.has(asked)) return missing
        return json(200, { path: asked, object_type: 'FILE', object_id: 1, resource_id: '1' })
      case 'GET /api/2.0/workspace/export': {
        const content = files.get(asked)
        return content === undefined ? missing : text(200, content, BINARY)
      }
      case 'POST /api/2.0/workspace/mkdirs':
        folders.add(asked)
        return json(200, {})
      case 'POST /api/2.0/workspace/delete': {
        const isRecursive = (body as { recursive?: boolean }).recursive === true
        const gone = [...files.keys()].filter(
          (file) => file === asked || (isRecursive && file.startsWith(`${asked}/`)),
        )
        for (const file of gone) files.delete(file)
        return json(200, {})
      }
      default:
        return path === '/telemetry-ext' ? json(200, {}) : undefined
    }
  }
}
