/**
 * Replaces `@octokit/plugin-rest-endpoint-methods` in the bundle, through `paths` in tsconfig.json. `@actions/github` adds it
 * to Octokit: a method for each endpoint of GitHub's REST API. The action calls none of them, only GraphQL.
 *
 * @returns No methods.
 */
export function restEndpointMethods(): object {
  return {}
}
