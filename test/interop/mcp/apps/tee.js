// Runs a stdio server and stands between it and its client: node tee.js DIRECTORY COMMAND ARGUMENT…
// It forwards everything unchanged and writes the lines, `>` to the server and `<` from it, to a file in the directory.
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [directory, command, ...args] = process.argv.slice(2)
const file = join(directory, `${process.pid}`)
const child = spawn(command, args, { stdio: 'pipe' })

function recorded(mark, from, to) {
  let text = ''
  from.on('data', (chunk) => {
    // A line is written before it is forwarded, so that the file has all that the client received.
    const lines = (text + chunk.toString('latin1')).split('\n')
    text = lines.pop()
    for (const line of lines) appendFileSync(file, `${mark}${Buffer.from(line, 'latin1')}\n`)
    to.write(chunk)
  })
}
recorded('>', process.stdin, child.stdin)
recorded('<', child.stdout, process.stdout)
createInterface({ input: child.stderr }).on('line', (line) => process.stderr.write(`server: ${line}\n`))
process.stdin.on('end', () => child.stdin.end())
child.stdin.on('error', () => {})
child.on('close', (code) => process.exit(code ?? 1))
process.on('SIGTERM', () => child.kill('SIGTERM'))
