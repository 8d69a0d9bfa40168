import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'
import { startProcess } from '../harness/process.ts'
import { until } from '../harness/until.ts'

const SCRIPT = fileURLToPath(new URL('terminal.py', import.meta.url))

/** For the `skip` of a test that needs a pseudo-terminal: false where Python can make one. @throws Error in CI */
export function terminalIsMissing(): string | false {
  if (spawnSync('python3', ['-c', 'import pty']).status === 0) return false
  const reason = 'NOT TESTED in a terminal: apt-get install python3'
  if (process.env.CI) throw new Error(reason)
  process.stderr.write(`${reason}\n`)
  return reason
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The kind of terminal. Default: one with colours. */
  readonly term?: string
  readonly columns?: number
  readonly rows?: number
}

/** How a command in a terminal has ended. */
interface TerminalEnd {
  /** The exit code; negative for a signal. */
  readonly code: number
  /** Whether the terminal echoes, and gives programs lines, as it did before. */
  readonly hasSameModes: boolean
}

/** A command in a real pseudo-terminal, whose output the emulator of xterm.js interprets. */
export interface Terminal {
  /** All that the command has written. */
  output(): string
  /** The lines that a person sees now, as far as something was written. */
  screen(): Promise<readonly string[]>
  /** Waits until the screen is such, and returns its lines. */
  screenWhen(holds: (lines: readonly string[]) => boolean): Promise<readonly string[]>
  /** Whether the other screen is shown, which programs use that take the whole terminal. */
  isOther(): Promise<boolean>
  /** The title of the window, which only escape sequences set. */
  title(): string
  type(keys: string): void
  resize(columns: number, rows: number): void
  end(): Promise<TerminalEnd>
}

/** Starts a command in a terminal of 80 columns and 24 rows, unless others are given. */
export function startInTerminal(command: string, args: readonly string[], options: TerminalOptions): Terminal {
  const { term = 'xterm-256color', columns = 80, rows = 24 } = options
  // Node.js takes a terminal of most continuous integrations for one without colours.
  const env = { ...options.env, TERM: term, CI: undefined }
  const python = startProcess('python3', [SCRIPT, String(columns), String(rows), command, ...args], { env })
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  let title = ''
  emulator.onTitleChange((text) => {
    title = text
  })
  let written = 0
  /** Has the emulator interpret what has been written so far. */
  const settle = () =>
    new Promise<void>((resolve) => {
      const text = python.stdout()
      emulator.write(text.slice(written), resolve)
      written = text.length
    })
  async function screen(): Promise<readonly string[]> {
    await settle()
    const { active } = emulator.buffer
    return Array.from(
      { length: emulator.rows },
      (_, i) => active.getLine(active.baseY + i)?.translateToString(true, 0, emulator.cols) ?? '',
    )
  }
  const send = (command: object) => python.writeLine(JSON.stringify(command))

  return {
    output: python.stdout,
    screen,
    async screenWhen(holds) {
      let lines: readonly string[] = []
      return until(
        async () => {
          lines = await screen()
          return holds(lines) ? lines : undefined
        },
        () => `${holds} of the screen\n${lines.join('\n')}\n${python.stderr()}`,
      )
    },
    async isOther() {
      await settle()
      return emulator.buffer.active.type === 'alternate'
    },
    title: () => title,
    type: (keys) => send({ keys }),
    resize(columns, rows) {
      emulator.resize(columns, rows)
      send({ size: [columns, rows] })
    },
    async end() {
      await python.exit()
      const line = python.stderr().trim().split('\n').at(-1) ?? ''
      return JSON.parse(line) as TerminalEnd
    },
  }
}
