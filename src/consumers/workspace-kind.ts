import type { JsonObject } from '../databricks/response.js'
import type { Consumer, ConsumerKind } from './consumer.js'

/** A field of a configuration that is searched. Everything in it is untrusted. */
export type SearchedField =
  | {
      readonly path: string
      readonly text: string
      /**
       * What the workspace does with a `{{secrets/…}}` in it: it puts the value in its place (`resolved`), or passes it on as
       * text to code that expects a value (`parameter`). `copy` is a field for a value itself.
       */
      readonly use: 'resolved' | 'parameter' | 'copy'
    }
  | { readonly path: string; readonly scope: string; readonly key: string }

/** A GET request of the REST API. */
export interface Read {
  /** The name of the call in logs, without names of the workspace. */
  readonly call: string
  readonly path: string
  readonly query?: readonly (readonly [name: string, value: string])[]
}

/** One kind of consumers in a workspace: how they are read, and where their references are. */
export interface WorkspaceKind {
  readonly kind: ConsumerKind
  readonly list: Read & {
    /** The field of the items. Undefined if the response itself is the only item. */
    readonly items: string | undefined
    /** The query parameter for the size of a page, and the size. Undefined if the list has no pages. */
    readonly page?: { readonly parameter: string; readonly maxSize: number }
  }
  /**
   * The read of the whole item, which may have pages with a part of its fields. Undefined if the list has all of it.
   *
   * @param id The id of the item, which is safe in a path.
   */
  readonly details?: (item: JsonObject, id: string) => Read | undefined
  /** What the API takes for the item: a text or a number. */
  readonly id: (item: JsonObject) => unknown
  readonly name: (item: JsonObject) => unknown
  /** @param item The whole item. */
  readonly status: (item: JsonObject) => Pick<Consumer, 'state' | 'action'>
  /** @param item The whole item, or one page of it. */
  readonly fields: (item: JsonObject) => Iterable<SearchedField>
}
