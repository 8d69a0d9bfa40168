import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Conversation } from './conversation.ts'
import type { Answer } from './json-rpc.ts'
import { createPost } from './transports/posted-messages.ts'

const answer = (id: unknown): Answer => ({
  id,
  isError: false,
  serverName: undefined,
  isNamedInMeta: false,
  isInitialized: false,
  names: [],
})

function setUp(left = 10) {
  const told: string[] = []
  const budget = { left }
  const conversation = new Conversation(budget)
  /** A POST whose requests have these ids, with a notification besides. */
  function post(...ids: number[]) {
    const calls = ids.map((id) => ({ jsonrpc: '2.0', id, method: 'ping' }))
    const post = createPost(
      ({ method, id }, status) => told.push(`${method} ${id} ${status}`),
      () => true,
    )
    conversation.enter(post)
    post.push(Buffer.from(JSON.stringify([...calls, { jsonrpc: '2.0', method: 'note' }])))
    return post
  }
  return { told, budget, conversation, post }
}

describe('Conversation', () => {
  it('takes answers for POSTs in flight, though nobody has read them yet', () => {
    const { told, conversation, post } = setUp()
    const [first, second] = [post(1), post(2)]
    conversation.answer(answer(2))
    conversation.answer(answer(3))
    assert.deepEqual(told, ['ping 2 ok'])
    for (const one of [first, second]) conversation.leave(one, false)
    assert.deepEqual(told.slice(1), ['ping 1 none', 'note undefined none', 'note undefined none'])
    assert.ok(conversation.isEmpty)
  })

  it('keeps what may still be answered, and no longer than that', () => {
    const { told, budget, conversation, post } = setUp()
    const one = post(1, 2)
    one.read()
    conversation.leave(one, true)
    assert.deepEqual(told, ['note undefined none'])
    conversation.answer(answer(1))
    assert.deepEqual([conversation.isEmpty, budget.left], [false, 9])
    conversation.answer(answer(2))
    conversation.answer(answer(2))
    assert.deepEqual(told.slice(1), ['ping 1 ok', 'ping 2 ok'])
    assert.deepEqual([conversation.isEmpty, budget.left], [true, 10])
  })

  it('tells what the client cancels, and what is left at the end, as without an answer', () => {
    const { told, budget, conversation, post } = setUp()
    const posts = [post(1), post(2), post(3)]
    for (const one of posts) one.read()
    for (const one of posts.slice(0, 2)) conversation.leave(one, true)
    conversation.cancel(1)
    conversation.cancel(3)
    conversation.end()
    assert.deepEqual(
      told.filter((one) => one.startsWith('ping')),
      ['ping 1 none', 'ping 3 none', 'ping 2 none'],
    )
    assert.equal(budget.left, 10)
    const late = post(4)
    late.read()
    conversation.leave(late, true)
    assert.equal(told.at(-2), 'ping 4 none', 'nothing is kept after the end')
  })

  it('keeps no more than there is room for, over all conversations', () => {
    const { told, budget, conversation, post } = setUp(1)
    for (const one of [post(1), post(2)]) {
      one.read()
      conversation.leave(one, true)
    }
    assert.deepEqual([told, budget.left], [['note undefined none', 'ping 2 none', 'note undefined none'], 0])
    conversation.answer(answer(1))
    assert.equal(budget.left, 1)
  })
})
