import type { Agent } from 'node:http'

/** The bundler's own: what is named is in the bundle, and runs when it is first called for. */
declare function require(path: 'tunnel/lib/tunnel.js'): Tunnel

/** What `@actions/http-client` takes from the package, which comes without types. */
interface Tunnel {
  readonly httpOverHttp: MakeAgent
  readonly httpsOverHttp: MakeAgent
  readonly httpOverHttps: MakeAgent
  readonly httpsOverHttps: MakeAgent
}

type MakeAgent = (options: object) => Agent

/*
 * Stand in for the package's own in the bundle, by the `paths` of tsconfig.json. `@actions/http-client` imports it for
 * where there is a proxy, and it loads Node's `assert`. Each makes the agent that reaches a server of the first kind
 * through a proxy of the second.
 */

/** HTTP, through a proxy that speaks HTTP. */
export const httpOverHttp: MakeAgent = (options) => require('tunnel/lib/tunnel.js').httpOverHttp(options)

/** HTTPS, through a proxy that speaks HTTP. */
export const httpsOverHttp: MakeAgent = (options) => require('tunnel/lib/tunnel.js').httpsOverHttp(options)

/** HTTP, through a proxy that speaks HTTPS. */
export const httpOverHttps: MakeAgent = (options) => require('tunnel/lib/tunnel.js').httpOverHttps(options)

/** HTTPS, through a proxy that speaks HTTPS. */
export const httpsOverHttps: MakeAgent = (options) => require('tunnel/lib/tunnel.js').httpsOverHttps(options)
