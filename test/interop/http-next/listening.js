// Says when a server listens on PORT: Next's own lines are for people.
import diagnostics_channel from 'node:diagnostics_channel'

diagnostics_channel.subscribe('tracing:net.server.listen:asyncEnd', ({ server }) => {
  if (server.address()?.port === Number(process.env.PORT)) console.log(`ready ${process.env.PORT}`)
})
