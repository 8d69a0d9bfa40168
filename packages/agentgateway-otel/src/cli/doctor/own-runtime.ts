/**
 * What runs this command, and whether it is too old for it. This module, and what it imports, works on old versions too.
 *
 * @module
 */
import { isAtLeast, MINIMUM } from './machine/versions.ts'

/** The runtime of this process, which claims to be a version of Node.js in any case. */
export const OWN_RUNTIME: 'node' | 'bun' | 'deno' =
  'bun' in process.versions ? 'bun' : 'deno' in process.versions ? 'deno' : 'node'

/**
 * Returns the report of a Node.js on which the rest of the doctor does not run, as text or as JSON; undefined on others.
 * An app that runs on the same one has no metrics.
 */
export function reportOfOldRuntime(isJson: boolean): string | undefined {
  const { node } = process.versions
  if (isAtLeast(node, ...MINIMUM)) return undefined
  const code = 'unsupported-runtime'
  const what = `Node.js ${node} is too old: on it, apps run without metrics, and doctor does not look any further.`
  const advice = `Use Node.js ${MINIMUM.join('.')} or newer.`
  return isJson
    ? `${JSON.stringify({ exitCode: 1, results: [{ code, level: 'problem', what, advice }] }, undefined, 2)}\n`
    : `problem  ${code}\n         ${what}\n         ${advice}\n`
}
