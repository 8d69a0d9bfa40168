import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { McpResponse } from './json-rpc.ts'
import { SessionPosts } from './session-posts.ts'
import { PostedMessages, type PostOwner } from './transports/posted-messages.ts'

const response = (id: unknown): McpResponse => ({
  id,
  isError: false,
  errorCode: undefined,
  isToolError: false,
  serverName: undefined,
  isNamedInMeta: false,
  isInitializeResult: false,
  listedNames: [],
  endMs: 0,
})

function setUp(left = 10) {
  const outcomes: string[] = []
  const budget = { left }
  const posts = new SessionPosts(budget)
  /** Begins a POST with requests that have these ids, and one notification. */
  function post(...ids: number[]) {
    const requests = ids.map((id) => ({ jsonrpc: '2.0', id, method: 'ping' }))
    const owner: PostOwner = {
      onOutcome: ({ method, id }, status) => outcomes.push(`${method} ${id} ${status}`),
      accept: () => true,
    }
    const post = new PostedMessages(owner, 0)
    posts.begin(post)
    post.push(Buffer.from(JSON.stringify([...requests, { jsonrpc: '2.0', method: 'note' }])))
    return post
  }
  return { outcomes, budget, posts, post }
}

describe('SessionPosts', () => {
  it('resolves requests of POSTs in flight whose body has not been read yet', () => {
    const { outcomes, posts, post } = setUp()
    const [first, second] = [post(1), post(2)]
    posts.resolve(response(2))
    posts.resolve(response(3))
    assert.deepEqual(outcomes, ['ping 2 ok'])
    for (const one of [first, second]) posts.end(one, false)
    assert.deepEqual(outcomes.slice(1), ['ping 1 none', 'note undefined none', 'note undefined none'])
    assert.ok(posts.isEmpty)
  })

  it('keeps requests that may still get a response, and only until they do', () => {
    const { outcomes, budget, posts, post } = setUp()
    const one = post(1, 2)
    one.read()
    posts.end(one, true)
    assert.deepEqual(outcomes, ['note undefined none'])
    posts.resolve(response(1))
    assert.deepEqual([posts.isEmpty, budget.left], [false, 9])
    posts.resolve(response(2))
    posts.resolve(response(2))
    assert.deepEqual(outcomes.slice(1), ['ping 1 ok', 'ping 2 ok'])
    assert.deepEqual([posts.isEmpty, budget.left], [true, 10])
  })

  it('reports what the client cancels, and what is left when the session ends, as having no response', () => {
    const { outcomes, budget, posts, post } = setUp()
    const begun = [post(1), post(2), post(3)]
    for (const one of begun) one.read()
    for (const one of begun.slice(0, 2)) posts.end(one, true)
    posts.cancel(1)
    posts.cancel(3)
    posts.close()
    assert.deepEqual(
      outcomes.filter((one) => one.startsWith('ping')),
      ['ping 1 none', 'ping 3 none', 'ping 2 none'],
    )
    assert.equal(budget.left, 10)
    const late = post(4)
    late.read()
    posts.end(late, true)
    assert.equal(outcomes.at(-2), 'ping 4 none', 'nothing waits after the end of the session')
  })

  it('keeps no more POSTs waiting than the budget of all sessions allows', () => {
    const { outcomes, budget, posts, post } = setUp(1)
    for (const one of [post(1), post(2)]) {
      one.read()
      posts.end(one, true)
    }
    assert.deepEqual([outcomes, budget.left], [['note undefined none', 'ping 2 none', 'note undefined none'], 0])
    posts.resolve(response(1))
    assert.equal(budget.left, 1)
  })
})
