// A preload: prints `ready` when a server listens on PORT, because the lines that Next prints are not made for programs.
import diagnostics_channel from 'node:diagnostics_channel'

diagnostics_channel.subscribe('tracing:net.server.listen:asyncEnd', ({ server }) => {
  if (server.address()?.port === Number(process.env.PORT)) console.log(`ready ${process.env.PORT}`)
})
