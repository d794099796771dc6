import { buildSchema } from 'graphql'

/** The resolvers of the top-level fields of queries and mutations. */
export interface Roots {
  repository(args: { owner: string; name: string }): unknown
  addComment(args: { input: { subjectId: string; body: string } }): unknown
  updateIssueComment(args: { input: { id: string; body: string } }): unknown
  deleteIssueComment(args: { input: { id: string } }): unknown
}

/**
 * The part of GitHub's public schema (docs.github.com/public/fpt/schema.docs.graphql, as in @octokit/graphql-schema
 * 15.26.1) for comments on pull requests. Names and types are unchanged. It is an excerpt, so it rejects more than GitHub.
 */
export const COMMENTS_SCHEMA = buildSchema(`
  type Query {
    repository(name: String!, owner: String!): Repository
  }

  type Mutation {
    addComment(input: AddCommentInput!): AddCommentPayload
    deleteIssueComment(input: DeleteIssueCommentInput!): DeleteIssueCommentPayload
    updateIssueComment(input: UpdateIssueCommentInput!): UpdateIssueCommentPayload
  }

  type Repository {
    pullRequest(number: Int!): PullRequest
  }

  type PullRequest {
    id: ID!
    number: Int!
    comments(after: String, first: Int): IssueCommentConnection!
  }

  type IssueCommentConnection {
    nodes: [IssueComment]
    pageInfo: PageInfo!
  }

  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
  }

  type IssueComment {
    body: String!
    id: ID!
    viewerDidAuthor: Boolean!
  }

  input AddCommentInput {
    body: String!
    subjectId: ID!
  }

  type AddCommentPayload {
    commentEdge: IssueCommentEdge
  }

  type IssueCommentEdge {
    node: IssueComment
  }

  input DeleteIssueCommentInput {
    id: ID!
  }

  type DeleteIssueCommentPayload {
    clientMutationId: String
  }

  input UpdateIssueCommentInput {
    body: String!
    id: ID!
  }

  type UpdateIssueCommentPayload {
    issueComment: IssueComment
  }
`)
