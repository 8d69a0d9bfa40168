import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after } from 'node:test'
import { DEADLINE_MS } from './until.ts'

export interface ProcessOptions {
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** The stdin of the process: a pipe, nothing, or this file descriptor. Default: a pipe. */
  readonly stdin?: 'pipe' | 'ignore' | number
  /** Whether stdout is collected by a pipe, or goes nowhere. Default: a pipe. */
  readonly stdout?: 'pipe' | 'ignore'
  /** How the bytes of stdout become text. Default: `utf8`. */
  readonly encoding?: BufferEncoding
  /** Whether there is a channel for `child.send` and its `message` event. Default: false. */
  readonly ipc?: boolean
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

type OutputName = 'stdout' | 'stderr'

/** A process that a test started. */
export interface RunningProcess {
  readonly child: ChildProcess
  /** Everything that the process has written so far. */
  stdout(): string
  stderr(): string
  /**
   * Waits for a line that matches; lines that were written before count too.
   *
   * @param output default: `stdout`
   * @throws Error with all output when the process ends without the line, or writes nothing at all for `DEADLINE_MS`
   */
  line(pattern: RegExp, output?: OutputName): Promise<RegExpExecArray>
  /** Writes a line to the process's stdin. */
  writeLine(line: string): void
  /** Sends this signal (SIGTERM by default) unless the process has ended, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  /** Waits for the process to end by itself, and for all of its output. */
  exit(): Promise<Exit>
}

const running = new Set<ChildProcess>()

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

// A child that a failed test leaves running would keep the test file's process alive. The benchmark, which also starts
// processes, is no test file, and must not start the test runner by calling `after`.
if (process.argv[1]?.endsWith('.test.ts')) after(killAll)
process.on('exit', killAll)

/** Starts a process, which is killed at the latest when the test file ends. */
export function startProcess(command: string, args: readonly string[], options: ProcessOptions): RunningProcess {
  const { env, cwd, stdin = 'pipe', stdout = 'pipe', encoding = 'utf8', ipc = false } = options
  const stdio: StdioOptions = [stdin, stdout, 'pipe', ...(ipc ? (['ipc'] as const) : [])]
  const child = spawn(command, args, { env, cwd, stdio })
  running.add(child)
  const written: Record<OutputName, string> = { stdout: '', stderr: '' }
  const collect = (output: OutputName, encoding: BufferEncoding) =>
    child[output]?.setEncoding(encoding).on('data', (text: string) => {
      written[output] += text
    })
  collect('stdout', encoding)
  collect('stderr', 'utf8')
  // A process that has ended does not read its stdin.
  child.stdin?.on('error', () => {})
  // Node.js emits no `close` when this side has disconnected the channel.
  const ended = once(child, ipc ? 'exit' : 'close')
    .then(([code, signal]): Exit => ({ code, signal }))
    .finally(() => running.delete(child))
  ended.catch(() => {})

  function line(pattern: RegExp, output: OutputName = 'stdout'): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
    let searched = 0
    const search = () => {
      // The text after the last line feed is not a line yet.
      const end = written[output].lastIndexOf('\n') + 1
      for (const text of written[output].slice(searched, end).split(/\r?\n/).slice(0, -1)) {
        const match = pattern.exec(text)
        if (match) return resolve(match)
      }
      searched = end
    }
    const fail = (what: string) =>
      reject(
        new Error(
          `${what} before ${pattern} on ${output} of ${[command, ...args].join(' ')}\n${written.stdout}\n${written.stderr}`,
        ),
      )
    const timer = setTimeout(() => fail(`nothing was written for ${DEADLINE_MS} ms`), DEADLINE_MS)
    const onData = () => {
      timer.refresh()
      search()
    }
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', onData)
    ended.then(({ code, signal }) => {
      search()
      fail(`the process ended (${signal ?? code})`)
    }, reject)
    search()
    return promise.finally(() => {
      clearTimeout(timer)
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', onData)
    })
  }

  return {
    child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    line,
    writeLine: (line) => void child.stdin?.write(`${line}\n`),
    stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return ended
    },
    exit: () => ended,
  }
}
