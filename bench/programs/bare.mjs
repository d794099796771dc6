// The same requests as the action makes, on the same number of kept connections, and nothing else: no check, no mask, no
// report, no second try. Nothing that runs on Node can be faster by much.
import { Buffer } from 'node:buffer'
import http from 'node:http'
import https from 'node:https'
import process from 'node:process'
import { text } from 'node:stream/consumers'

const CONCURRENCY = 16

const { BENCH_HOST: host, BENCH_TOKEN: token, BENCH_SECRETS: secrets, BENCH_SCHEMA: schema } = process.env
const { request, Agent } = host.startsWith('https:') ? https : http
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })

function send(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/json', authorization: `Bearer ${token}` }
    if (body !== undefined) {
      headers['content-type'] = 'application/json; charset=utf-8'
      headers['content-length'] = Buffer.byteLength(body)
    }
    request(`${host}${path}`, { method, headers, agent }, (answer) => {
      text(answer).then((said) => {
        if (answer.statusCode === 200) resolve(JSON.parse(said))
        else reject(new Error(`status ${answer.statusCode}`))
      }, reject)
    })
      .on('error', reject)
      .end(body)
  })
}

/** The reads, and the path and body of each write: for the schema, if one is named, otherwise for the scope `storage`. */
function requests() {
  if (schema === undefined) {
    return {
      reads: ['/api/2.0/secrets/scopes/list', '/api/2.0/secrets/list?scope=storage'],
      write: (key, value) => ['/api/2.0/secrets/put', { scope: 'storage', key, string_value: value }],
    }
  }
  const [catalog_name, schema_name] = schema.split('.')
  const list = `catalog_name=${catalog_name}&schema_name=${schema_name}&page_size=1000`
  return {
    reads: [`/api/2.1/unity-catalog/schemas/${schema}`, `/api/2.1/unity-catalog/secrets?${list}`],
    write: (name, value) => ['/api/2.1/unity-catalog/secrets', { catalog_name, schema_name, name, value }],
  }
}

const { reads, write } = requests()
await Promise.all(reads.map((path) => send('GET', path)))
const rest = Object.entries(JSON.parse(secrets)).values()
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (const [key, value] of rest) {
      const [path, body] = write(key, value)
      await send('POST', path, JSON.stringify(body))
    }
  }),
)
agent.destroy()
