import diagnostics_channel from 'node:diagnostics_channel'
import { it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ROUTE_SOURCES } from './index.ts'
import { linkChannel } from './loaded-sources.ts'
import { startRouteFinder } from './route-finder.ts'

it('a message that the source of a framework cannot read is no exception in the app', async () => {
  const finder = startRouteFinder('auto')
  const unreadable = {
    get request() {
      throw new Error('the app’s')
    },
  }
  // What a subscriber throws becomes an uncaught exception on the next tick, which fails the test.
  for (const name of Object.keys(ROUTE_SOURCES)) {
    for (const message of [undefined, unreadable, { passing: 'no event', isRoute: false }, { nuxt: {} }]) {
      diagnostics_channel.channel(linkChannel(name)).publish(message)
    }
  }
  await turn()
  finder.stop()
})
