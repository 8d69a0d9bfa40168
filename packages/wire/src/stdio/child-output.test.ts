import assert from 'node:assert/strict'
import { exec, execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { onFault } from '../guard.ts'
import { observe } from '../observe.ts'
import type { StartedChild } from '../started-child.ts'

const WRITES = ['-e', 'process.stdout.write("one"); setTimeout(() => console.log("two"), 50)', 'wanted']

/** What an observer that wants the children with the argument `wanted` is told. */
const calls: string[] = []
const offered: StartedChild[] = []
/** How many bytes the next listeners want. */
let wantedBytes = Number.POSITIVE_INFINITY
after(
  observe({
    child(child) {
      offered.push(child)
      if (child.command.at(-1) === 'faulty') throw new Error('ours')
      if (!child.command.some((word) => word.includes('wanted'))) return undefined
      let left = wantedBytes
      return {
        output(chunk) {
          calls.push(Buffer.from(chunk).toString())
          left -= chunk.length
          return left > 0
        },
        end: () => void calls.push('end'),
      }
    },
  }),
)

/** Returns the calls since the last time, once there is an end of the output among them. */
async function callsToEnd(): Promise<readonly string[]> {
  while (calls.at(-1) !== 'end') await sleep(1)
  return calls.splice(0)
}

describe('the output of a child', () => {
  it('is observed to its end, however the child is started, and whatever stdin it has', async () => {
    const { execPath } = process
    spawn(execPath, WRITES, { stdio: ['ignore', 'pipe', 'inherit'] }).stdout.resume()
    assert.equal((await callsToEnd()).join('|').replace('e|t', 'et'), 'onetwo\n|end')
    const { stdout } = await promisify(execFile)(execPath, WRITES)
    assert.equal(stdout, 'onetwo\n')
    assert.equal((await callsToEnd()).join(''), 'onetwo\nend')
    assert.equal((await promisify(exec)('echo wanted')).stdout, 'wanted\n')
    assert.equal((await callsToEnd()).join(''), 'wanted\nend')
    fork('-e', { execArgv: WRITES, silent: true }).stdout?.resume()
    assert.equal((await callsToEnd()).join(''), 'onetwo\nend')
  })

  it('is offered with the command, the pid and the start', () => {
    const { command, pid, startedMs } = offered[0] ?? assert.fail()
    assert.deepEqual(command, [process.execPath, ...WRITES])
    assert.ok(Number.isInteger(pid) && Date.now() - startedMs < 60_000, `${pid} ${startedMs}`)
  })

  it('ends once for the listener when the app destroys the stream, or the child is killed', async () => {
    const destroyed = spawn(process.execPath, WRITES)
    destroyed.stdout.once('data', () => destroyed.stdout.destroy())
    assert.match((await callsToEnd()).join(), /^one(?:two\n)?,end$/)
    const killed = spawn(process.execPath, WRITES)
    const closed = once(killed, 'close')
    killed.stdout.once('data', () => killed.kill('SIGKILL'))
    assert.match((await callsToEnd()).join(), /^one(?:two\n)?,end$/)
    await closed
    assert.deepEqual(calls, [])
  })

  it('is no longer observed once the listener wants nothing more, and the stream is as it was', async () => {
    wantedBytes = 1
    const child = spawn(process.execPath, WRITES)
    const closed = once(child, 'close')
    assert.equal(Object.keys(child.stdout).includes('push'), false)
    child.stdout.resume()
    await once(child.stdout, 'data')
    assert.equal(Object.hasOwn(child.stdout, 'push'), false)
    await closed
    wantedBytes = Number.POSITIVE_INFINITY
    assert.match(calls.splice(0).join(), /^one(?:two\n)?$/)
  })

  it('costs other children nothing: their streams are not touched, nor those of a child without a pipe', async () => {
    const other = spawn(process.execPath, ['-e', '0'])
    assert.equal(Object.hasOwn(other.stdout, 'push'), false)
    const count = offered.length
    const silent = spawn(process.execPath, ['-e', '0', 'wanted'], { stdio: 'ignore' })
    await Promise.all([other, silent].map((child) => once(child, 'close')))
    assert.equal(offered.length, count)
    assert.deepEqual(calls, [])
  })

  it('keeps an exception of an observer from the app, and offers a program that does not exist without a pid', async () => {
    const faults: unknown[] = []
    onFault((fault) => faults.push(fault))
    await once(spawn(process.execPath, ['-e', '0', 'faulty']), 'close')
    onFault(() => {})
    assert.equal(faults.length, 1)
    const [error] = await once(spawn('/no/such/program', ['wanted']), 'error')
    assert.equal(error.code, 'ENOENT')
    assert.equal(offered.at(-1)?.pid, undefined)
  })
})
