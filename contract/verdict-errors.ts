/** The client reported something else than with the real service. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement'
}

/** The client does not support what the case requires. The judge decides whether that is true. */
export class NotExpressible extends Error {
  override readonly name = 'NotExpressible'
}
