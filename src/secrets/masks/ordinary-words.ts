/** Words that workflows, tools and logs use all the time. Their masks would hide much text that is not secret. */
const WORDS = new Set(
  (
    'true false null none yes no on off enabled disabled default auto all any ' +
    'main master develop development dev test testing stage staging prod production live demo preview release latest stable ' +
    'admin administrator root user users guest owner system service public private internal secret secrets password token ' +
    'name value key keys data file error warning notice info debug success failure failed ok ' +
    'localhost local global databricks azure github google aws linux windows json text http https'
  ).split(' '),
)

/** Whether a text is an ordinary word, in lower or upper case. */
export function isOrdinaryWord(text: string): boolean {
  return WORDS.has(text.toLowerCase())
}
