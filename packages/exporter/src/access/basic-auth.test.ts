import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import bcrypt from 'bcryptjs'
import { BasicAuth } from './basic-auth.ts'
import { costOf } from './bcrypt-hash.ts'
import { PasswordVerifier } from './password-verifier.ts'
import type { VerificationJob } from './verification.ts'
import { VerifiedPasswords } from './verified-passwords.ts'

const COST = 5
const ALICE = bcrypt.hashSync('alice123', COST)
const BOB = bcrypt.hashSync('bob123', COST + 1)

/** A verifier that records its jobs. */
class RecordingVerifier extends PasswordVerifier {
  readonly jobs: VerificationJob[] = []

  override verify(job: VerificationJob, client: string) {
    this.jobs.push(job)
    return super.verify(job, client)
  }
}

function setUp(users: Record<string, string> = { alice: ALICE, bob: BOB }) {
  const verifier = new RecordingVerifier(new URL('./bcrypt-worker.ts', import.meta.url))
  const auth = new BasicAuth(new Map(Object.entries(users)), verifier)
  return { verifier, check: (user: string, password: string) => auth.check(user, password, '10.0.0.1') }
}

describe('passwords', () => {
  it('are right for their own user alone', async () => {
    const { check } = setUp()
    assert.equal(await check('alice', 'alice123'), 'right')
    assert.equal(await check('bob', 'bob123'), 'right')
    for (const [user, password] of [
      ['alice', 'bob123'],
      ['alice', 'alice1234'],
      ['alice', ''],
      ['Alice', 'alice123'],
      ['', 'alice123'],
      ['constructor', 'alice123'],
    ] as const) {
      assert.equal(await check(user, password), 'wrong', `${user}:${password}`)
    }
  })

  it('are verified once when they are right, however often they come, and each time when they are wrong', async () => {
    const { check, verifier } = setUp()
    for (const _ of [1, 2, 3]) assert.equal(await check('alice', 'alice123'), 'right')
    assert.equal(verifier.jobs.length, 1)
    for (const _ of [1, 2, 3]) assert.equal(await check('alice', 'wrong'), 'wrong')
    assert.equal(verifier.jobs.length, 4)
  })

  it('that are the same and come together are verified once, so that 300 requests are not too many', async () => {
    const { check, verifier } = setUp()
    const verdicts = await Promise.all(
      Array.from({ length: 150 }, () => [check('alice', 'alice123'), check('alice', 'alice1234')]).flat(),
    )
    assert.deepEqual(verdicts, Array.from({ length: 150 }, () => ['right', 'wrong']).flat())
    assert.equal(verifier.jobs.length, 2)
  })

  it('that are right are still known after a flood of wrong ones', async () => {
    const { check, verifier } = setUp()
    await check('alice', 'alice123')
    await Promise.all(Array.from({ length: 3000 }, (_, i) => check('alice', `wrong ${i}`)))
    verifier.jobs.length = 0
    assert.equal(await check('alice', 'alice123'), 'right')
    assert.equal(verifier.jobs.length, 0)
  })

  it('are refused as busy when too many others wait', async () => {
    const { check } = setUp()
    const verdicts = await Promise.all(Array.from({ length: 20 }, (_, i) => check('alice', `wrong ${i}`)))
    assert.equal(verdicts.filter((verdict) => verdict === 'busy').length, 17)
  })

  it('of an unknown user cost what those of a known one cost, the same for one name each time', async () => {
    const { check, verifier } = setUp()
    const names = Array.from({ length: 40 }, (_, i) => `nobody${i}`)
    const costsOf = async (names: readonly string[]) => {
      verifier.jobs.length = 0
      for (const name of names) assert.equal(await check(name, 'alice123'), 'wrong')
      return verifier.jobs.map(({ hash }) => costOf(hash))
    }
    const costs = await costsOf(names)
    assert.deepEqual(new Set(costs), new Set([COST, COST + 1]))
    assert.deepEqual(await costsOf(names), costs)
  })

  it('of an unknown user are never right, whatever they are', async () => {
    const { check, verifier } = setUp()
    for (const password of ['fakepassword', 'alice123', '', ALICE]) {
      assert.equal(await check('fakeuser', password), 'wrong')
      assert.equal(await check('fakeuser', password), 'wrong')
    }
    assert.equal(await check('fakeuser', verifier.jobs[0]?.hash ?? ''), 'wrong')
  })

  it('cannot be made right by what others sent before (CVE-2022-46146)', async () => {
    const { check, verifier } = setUp()
    // In a key that is user, hash and password in one text, these two would be the same.
    assert.equal(await check('alice', 'alice123'), 'right')
    assert.equal(await check(`alice${ALICE}`, 'alice123'), 'wrong')
    const decoy = verifier.jobs.at(-1)?.hash ?? ''
    assert.equal(await check('alice', `${decoy}alice123`), 'wrong')
    assert.equal(await check('alic', `e${ALICE}alice123`), 'wrong')
  })

  it('of more than 72 bytes are wrong, also when bcrypt takes them for right', async () => {
    const long = 'x'.repeat(72)
    const { check, verifier } = setUp({ long: bcrypt.hashSync(long, COST) })
    assert.equal(await check('long', long), 'right')
    assert.equal(bcrypt.compareSync(`${long}y`, bcrypt.hashSync(long, COST)), true)
    assert.equal(await check('long', `${long}y`), 'wrong')
    assert.equal(await check('long', 'é'.repeat(37)), 'wrong')
    assert.equal(verifier.jobs.length, 3)
  })

  it('match hashes of the versions 2a, 2b and 2y', async () => {
    for (const version of ['2a', '2b', '2y']) {
      const { check } = setUp({ alice: ALICE.replace(/^\$2.\$/, `$${version}$`) })
      assert.equal(await check('alice', 'alice123'), 'right', version)
    }
  })
})

describe('the keys of verified passwords', () => {
  it('differ when a part of one field moves to the next', () => {
    const verified = new VerifiedPasswords()
    const keys = [verified.keyOf('ab', 'c', 'd'), verified.keyOf('a', 'bc', 'd'), verified.keyOf('a', 'b', 'cd')]
    assert.equal(new Set(keys).size, 3)
  })

  it('are known to one process alone', () => {
    assert.notEqual(new VerifiedPasswords().keyOf('a', 'b', 'c'), new VerifiedPasswords().keyOf('a', 'b', 'c'))
  })

  it('are at most a thousand', () => {
    const verified = new VerifiedPasswords()
    for (let i = 0; i < 1001; i++) verified.add(String(i))
    assert.deepEqual([verified.has('0'), verified.has('1'), verified.has('1000')], [false, true, true])
  })
})
