import assert from 'node:assert/strict'
import diagnostics_channel from 'node:diagnostics_channel'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { linkChannel } from './link-channels.ts'
import { LINKED_SOURCES } from './linked-sources.ts'
import { startRouteFinder } from './route-finder.ts'

it('a message that the source of a framework cannot read is no exception in the app', async () => {
  // An app without packages is taken for a bundle, which may have any framework in it.
  process.argv[1] = join(tmpdir(), 'bundle.js')
  const finder = startRouteFinder('auto')
  const unreadable = {
    get request() {
      throw new Error('the app’s')
    },
  }
  // What a subscriber throws becomes an uncaught exception on the next tick, which fails the test.
  for (const name of Object.keys(LINKED_SOURCES)) {
    assert.ok(diagnostics_channel.hasSubscribers(linkChannel(name)), name)
    for (const message of [undefined, unreadable, { passing: 'no event', isRoute: false }, { nuxt: {} }]) {
      diagnostics_channel.channel(linkChannel(name)).publish(message)
    }
  }
  await turn()
  finder.stop()
})
