/** What a client said of the workspace is not what the real service leads it to say. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement'
}

/** The client of this cell has no way to say what the case asks for; whether it says so of itself is for the judge. */
export class NotExpressible extends Error {
  override readonly name = 'NotExpressible'
}
