/**
 * Finds out whether this version of Node.js is supported, before anything else is loaded. Its syntax works on old versions
 * too.
 */

const MINIMUM = [22, 15] as const

/** Returns a message that says why the metrics cannot work here, or undefined if they can. */
function findObstacle(): string | undefined {
  const reason = findReason()
  return reason && `${reason}, so the app runs without metrics; Node.js ${MINIMUM.join('.')} or newer is needed`
}

function findReason(): string | undefined {
  // Bun runs this file, and claims to be a version of Node.js.
  if ('bun' in process.versions) return 'Bun does not publish the diagnostics channels of Node.js'
  if (!isNewEnough()) return `Node.js ${process.versions.node} is too old`
  return undefined
}

function isNewEnough(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
}

module.exports = { findObstacle }
