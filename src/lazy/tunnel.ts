import type { Agent } from 'node:http'

/** The bundler's `require`: the module is in the bundle, and runs at the first call. */
declare function require(path: 'tunnel/lib/tunnel.js'): Tunnel

/** What `@actions/http-client` uses of the package, which has no types. */
interface Tunnel {
  readonly httpOverHttp: CreateAgent
  readonly httpsOverHttp: CreateAgent
  readonly httpOverHttps: CreateAgent
  readonly httpsOverHttps: CreateAgent
}

type CreateAgent = (options: object) => Agent

/*
 * Replaces the package `tunnel` in the bundle, through `paths` in tsconfig.json, so that it is loaded only if a proxy is
 * set: it loads Node's `assert`. Each function creates an agent for servers of the first protocol through a proxy of the
 * second.
 */

/** HTTP through an HTTP proxy. */
export const httpOverHttp: CreateAgent = (options) => require('tunnel/lib/tunnel.js').httpOverHttp(options)

/** HTTPS through an HTTP proxy. */
export const httpsOverHttp: CreateAgent = (options) => require('tunnel/lib/tunnel.js').httpsOverHttp(options)

/** HTTP through an HTTPS proxy. */
export const httpOverHttps: CreateAgent = (options) => require('tunnel/lib/tunnel.js').httpOverHttps(options)

/** HTTPS through an HTTPS proxy. */
export const httpsOverHttps: CreateAgent = (options) =>
  require('tunnel/lib/tunnel.js').httpsOverHttps(options)
