/**
 * Sends traffic to the app that runs on this machine already, all kinds of it at first and then a little every two seconds,
 * until it is stopped.
 *
 *     node drive.js    PORT is the app's, 3000 by default
 */
import { startLedgerProxy } from './ledger-proxy.js'
import { keepTrickling, STEPS } from './traffic.js'

const port = Number(process.env.PORT ?? 3000)
const proxy = await startLedgerProxy()
proxy.forwardTo(port)
/** The models answer as they like, whichever they are. */
const driven = { proxy, provider: undefined }

try {
  for (const { name, run } of STEPS) console.log(`${name}: ${await run(driven)}`)
  console.log('and now a little of all every two seconds')
  await keepTrickling(driven)
} catch (error) {
  const reason = proxy.failures.at(-1) ?? (error instanceof Error ? error.message : String(error))
  console.error(
    `drive: the app on port ${port} does not respond (${reason}): start it, or set PORT to the port that it has`,
  )
  process.exit(1)
}
