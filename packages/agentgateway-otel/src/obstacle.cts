/**
 * Finds out whether this runtime is supported, before anything else is loaded. Its syntax works on old versions
 * too.
 */

const MINIMUM = [22, 15] as const

/** Returns a message that says why the metrics cannot work here, or undefined if they can. */
function findObstacle(): string | undefined {
  const reason = findReason()
  return reason && `${reason}, so the app runs without metrics; Node.js ${MINIMUM.join('.')} or newer is needed`
}

function findReason(): string | undefined {
  // Both run this file, and claim to be a version of Node.js. Bun publishes what the client of `node:http` sends, and Deno
  // what clients and servers of `node:http` send and receive: the numbers would be only a part of what they claim to be.
  if ('bun' in process.versions) return 'Bun does not publish what its servers receive and its fetch sends'
  if ('deno' in process.versions) return 'Deno does not publish what Deno.serve receives and its fetch sends'
  if (!isNewEnough()) return `Node.js ${process.versions.node} is too old`
  return undefined
}

function isNewEnough(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
}

module.exports = { findObstacle }
