import type { ReadStream, WriteStream } from 'node:tty'

/** The whole terminal, while a program shows something that changes in it. */
export interface Screen {
  /** Replaces what is shown. */
  draw(lines: readonly string[]): void
  /** Gives the terminal back as it was. Another call does nothing. */
  leave(): void
}

export interface ScreenOptions {
  /** Undefined where there is no keyboard. */
  readonly stdin: ReadStream | undefined
  readonly stdout: WriteStream
  /** Called for `q` and Ctrl-C. */
  readonly onQuit: () => void
  /** Called where what is shown has to be drawn again: the terminal has another size, or had another program in it. */
  readonly onRedraw: () => void
}

// The other screen, which leaves what was in the terminal as it was; no cursor; and lines that are cut, not continued.
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'

const TO_START = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR_REST = '\x1b[J'

/** How long the system may take to stop this process. */
const STOP_MS = 50

const CTRL_C = '\x03'
const CTRL_Z = '\x1a'

/** Takes the terminal. It is given back when the process ends in whichever way it can know of. */
export function openScreen({ stdin, stdout, onQuit, onRedraw }: ScreenOptions): Screen {
  let isOpen = false

  function enter(): void {
    isOpen = true
    stdin?.setRawMode(true)
    stdout.write(ENTER)
  }

  function leave(): void {
    if (!isOpen) return
    isOpen = false
    stdout.write(LEAVE)
    stdin?.setRawMode(false)
  }

  /** Stops the job as Ctrl-Z stops any other, until the shell's user continues it. */
  function suspend(): void {
    leave()
    process.kill(0, 'SIGTSTP')
    // This is when it is continued, and at once where there is no shell that could do so.
    setTimeout(() => {
      enter()
      onRedraw()
    }, STOP_MS)
  }

  const onKeys = (keys: string) => {
    if (/[qQ]/.test(keys) || keys.includes(CTRL_C)) onQuit()
    else if (keys.includes(CTRL_Z) && process.platform !== 'win32') suspend()
  }

  process.on('exit', leave)
  stdin?.setEncoding('utf8').on('data', onKeys)
  stdout.on('resize', onRedraw)
  enter()

  return {
    draw(lines) {
      if (!isOpen) return
      stdout.write(`${TO_START}${lines.map((line) => line + CLEAR_LINE).join('\r\n')}${CLEAR_REST}`)
    },
    leave() {
      leave()
      process.off('exit', leave)
      stdin?.off('data', onKeys).pause()
      stdout.off('resize', onRedraw)
    },
  }
}
