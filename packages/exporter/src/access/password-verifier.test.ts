import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import bcrypt from 'bcryptjs'
import { PasswordVerifier } from './password-verifier.ts'

const WORKER = new URL('./bcrypt-worker.ts', import.meta.url)
const HASH = bcrypt.hashSync('right', 8)

describe('the verifier of passwords', () => {
  it('verifies in a thread that the process does not announce', async () => {
    const announced: unknown[] = []
    const onWorker = (worker: unknown) => void announced.push(worker)
    const { emit } = process
    process.on('worker', onWorker)
    try {
      const verifier = new PasswordVerifier(WORKER)
      assert.equal(await verifier.verify({ password: 'right', hash: HASH }, 'a'), true)
      assert.equal(await verifier.verify({ password: 'wrong', hash: HASH }, 'a'), false)
      assert.deepEqual(announced, [])
      assert.equal(process.emit, emit)
      assert.equal(Object.hasOwn(process, 'emit'), false)
    } finally {
      process.off('worker', onWorker)
    }
  })

  it('holds the event loop for none of the time that a verification takes', async () => {
    const verifier = new PasswordVerifier(WORKER)
    await verifier.verify({ password: 'right', hash: HASH }, 'a')
    const hash = bcrypt.hashSync('right', 12)
    const before = performance.eventLoopUtilization()
    const cpuBefore = process.threadCpuUsage?.()
    const startedMs = performance.now()
    assert.equal(await verifier.verify({ password: 'right', hash }, 'a'), true)
    const tookMs = performance.now() - startedMs
    const { active } = performance.eventLoopUtilization(before)
    const used = cpuBefore && process.threadCpuUsage(cpuBefore)
    // Where this thread's own CPU time is known, a busy machine does not count as time in which the loop was held.
    const busyMs = used === undefined ? active : (used.user + used.system) / 1000
    assert.ok(busyMs < tookMs / 4, `the loop was busy for ${busyMs} of ${tookMs} ms`)
  })

  it('refuses more than two that wait for one client, and more than eight in all', async () => {
    const verifier = new PasswordVerifier(WORKER)
    const verify = (client: string) => verifier.verify({ password: 'right', hash: HASH }, client)
    const flood = Array.from({ length: 20 }, () => verify('flood'))
    assert.equal(flood.filter((one) => one === undefined).length, 17)
    const others = Array.from({ length: 20 }, (_, i) => verify(`other ${i}`))
    assert.equal(others.filter((one) => one === undefined).length, 14)
    const done = [...flood, ...others].filter((one) => one !== undefined)
    assert.deepEqual(new Set(await Promise.all(done)), new Set([true]))
    assert.equal(await verify('flood'), true)
  })

  it('rejects when its thread cannot run, and starts another for the next password', async () => {
    const verifier = new PasswordVerifier(new URL('./no-such-worker.ts', import.meta.url))
    for (const _ of [1, 2]) {
      const both = [1, 2].map(() => verifier.verify({ password: 'right', hash: HASH }, 'a'))
      const results = await Promise.allSettled(both)
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'rejected'],
      )
    }
  })
})
