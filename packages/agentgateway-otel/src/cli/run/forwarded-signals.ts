import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** The signals that somebody sends to this process, and means for the app. */
const SENT: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']

/** The signals that a terminal sends to the app as well, because its keys send them to the whole group of processes. */
const KEYS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGBREAK']

/**
 * Forwards the signals that this process gets to a child, and keeps them from ending this process first. What a key of
 * the terminal sends is not forwarded: the child has it already, and some apps take a second one for more.
 *
 * @returns a function that stops it
 */
export function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals) => {
    if (!KEYS.includes(signal) || !mayComeFromKey()) child.kill(signal)
  }
  const signals = [...SENT, ...KEYS].filter(isKnownHere)
  for (const signal of signals) process.on(signal, forward)
  return () => {
    for (const signal of signals) process.off(signal, forward)
  }
}

const isKnownHere = (signal: NodeJS.Signals) =>
  process.platform === 'win32' ? /^SIG(?:TERM|HUP|INT|BREAK)$/.test(signal) : signal !== 'SIGBREAK'

/** Returns whether keys of a terminal send signals to this process: whether its group is in the terminal's foreground. */
function mayComeFromKey(): boolean {
  if (process.platform === 'win32') return true
  const stat = readStat()
  if (stat === undefined) return hasTerminal()
  // After the name, which may contain anything, come the state, the parent, the group, the session, the terminal and the
  // group in its foreground.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === foreground
}

/** Returns what Linux says of this process; undefined on other systems. */
function readStat(): string | undefined {
  try {
    return readFileSync('/proc/self/stat', 'utf8')
  } catch {
    return undefined
  }
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
