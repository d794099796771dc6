/**
 * The path of the binary of the Node that .node-version names, the action's own; installs it below `.cache/node` first
 * if it is not there.
 *
 * @throws Error with the last lines of npm when it cannot be installed
 */
export function node24(): Promise<string>
