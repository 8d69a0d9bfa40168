import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { hasCallMark, leaveCallMark } from './call-marks.ts'
import { privateFolder } from './private-folder.ts'
import { createThreadTotals } from './thread-totals.ts'

const { TMPDIR } = process.env
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agents-'))
  process.env.TMPDIR = directory
})
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  rmSync(directory, { recursive: true })
})

const child = (pid: number | undefined, startedMs = Date.now()) => ({ command: [], pid, startedMs })

/** The folder of marks, which has the namespace of pids in its name on Linux. */
function marks(): string {
  const parent = join(privateFolder('threads'), '..')
  return join(parent, readdirSync(parent).find((name) => name.startsWith('agents')) ?? assert.fail())
}

describe('the mark of an agent that counts its calls', () => {
  it('is found by the pid of the process and of each ancestor, and by no other', () => {
    assert.equal(hasCallMark(child(process.pid)), false)
    leaveCallMark()
    assert.equal(hasCallMark(child(process.pid)), true)
    assert.equal(hasCallMark(child(process.ppid)), true)
    assert.equal(hasCallMark(child(999_999_999)), false)
    assert.equal(hasCallMark(child(undefined)), false)
  })

  it('is not taken for that of a process which has the same pid later', () => {
    leaveCallMark()
    assert.equal(hasCallMark(child(process.pid, Date.now() + 60_000)), false)
  })

  it('is removed by the next one when it is old and its process has ended', () => {
    leaveCallMark()
    const day = 24 * 60 * 60
    for (const name of ['999999999.1', `${process.pid}.1`, '999999998.1']) {
      writeFileSync(join(marks(), name), '')
      if (name !== '999999998.1') utimesSync(join(marks(), name), Date.now() / 1000 - day, Date.now() / 1000 - day)
    }
    leaveCallMark()
    const left = readdirSync(marks()).filter((name) => name.endsWith('.1') && name.split('.').length === 2)
    assert.deepEqual(left.sort(), ['999999998.1', `${process.pid}.1`].sort())
  })
})

describe('the totals of threads', () => {
  const total = new Map([['input_tokens', 5]])

  it('are the same for all processes of a user', () => {
    const [one, other] = [createThreadTotals(), createThreadTotals()]
    one.set('a', total)
    assert.deepEqual(other.get('a'), total)
    other.set('a', new Map([['input_tokens', 7]]))
    assert.equal(one.get('a')?.get('input_tokens'), 7)
    assert.equal(one.get('b'), undefined)
    assert.deepEqual(readdirSync(privateFolder('threads')), ['a'])
  })

  it('are remembered in the process where a file cannot be had, is broken, or would be another', () => {
    const totals = createThreadTotals()
    totals.set('../x', total)
    assert.deepEqual(totals.get('../x'), total)
    for (const text of ['', '{', '{}', '[]', 'null', '{"input_tokens":-1}', '{"input_tokens":"5"}']) {
      totals.set('a', total)
      writeFileSync(join(privateFolder('threads'), 'a'), text)
      assert.deepEqual(totals.get('a'), total, text)
    }
    process.env.TMPDIR = join(directory, 'file')
    writeFileSync(process.env.TMPDIR, '')
    totals.set('c', total)
    assert.deepEqual(totals.get('c'), total)
    process.env.TMPDIR = directory
  })

  it('are not kept where others could look inside', () => {
    const folder = privateFolder('threads')
    chmodSync(join(folder, '..'), 0o755)
    assert.throws(() => privateFolder('threads'), /only this user/)
  })
})
