// Starts an agent for each line of stdin, a JSON array of a command, with pipes, and prints all that comes out of it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const { command, env, kill } = JSON.parse(line)
  const [program, ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
    if (kill !== undefined && output.includes(kill)) child.kill('SIGKILL')
  })
  const own = Object.keys(child.stdout).filter((name) => typeof child.stdout[name] === 'function')
  child.on('close', () => {
    console.log(JSON.stringify({ output, own, listeners: child.stdout.listenerCount('data') }))
    console.log('ended')
  })
}
