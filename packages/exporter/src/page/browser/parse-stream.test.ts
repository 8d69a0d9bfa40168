import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseStream } from './parse-stream.ts'

describe('parseStream', () => {
  for (const chunkLength of [1000, Number.POSITIVE_INFINITY]) {
    it(`lets other work go on while it parses many series, in chunks of ${chunkLength} characters`, async () => {
      const lines = Array.from({ length: 200_000 }, (_, i) => `c_total{route="/users/${i}"} ${i}\n`)
      const text = `# TYPE c_total counter\n${lines.join('')}`
      let start = 0
      const stream = new ReadableStream<string>({
        pull(controller) {
          controller.enqueue(text.slice(start, start + chunkLength))
          start += chunkLength
          if (start >= text.length) controller.close()
        },
      })
      let turns = 0
      const timer = setInterval(() => turns++, 1)
      const families = await parseStream(stream)
      clearInterval(timer)
      assert.equal(families.get('c_total')?.samples.length, lines.length)
      assert.ok(turns > 2, `${turns} turns`)
    })
  }
})
