/** What a client said of the workspace is not what the real service leads it to say. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement'
}

/** The client of this cell has no way to say what the case asks for: the cell stays empty and counts as nothing. */
export class NotExpressible extends Error {
  override readonly name = 'NotExpressible'
}
