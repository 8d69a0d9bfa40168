// A schema that SERVER serves: GraphQL Yoga or Apollo Server, by itself or in Express.
import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'
import express from 'express'
import { loadExports } from './load-package.js'

const { ApolloServer } = await loadExports('@apollo/server')
const { startStandaloneServer } = await loadExports('@apollo/server/standalone')
const { expressMiddleware } = await loadExports('@as-integrations/express5')
const { createSchema, createYoga } = await loadExports('graphql-yoga')

const typeDefs = 'type Query { hello: String, fail: String } type Mutation { rename: String }'
const resolvers = {
  Query: {
    hello: () => 'hello',
    fail() {
      throw new Error('thrown by a resolver')
    },
  },
  Mutation: { rename: () => 'renamed' },
}
const ready = (server) => server.once('listening', () => console.log(`ready ${server.address().port}`))
const listen = (server) => ready(server.listen(0, '127.0.0.1'))
const createOwnYoga = (graphqlEndpoint) =>
  createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false, graphqlEndpoint })

const { SERVER } = process.env
if (SERVER === 'yoga') listen(createServer(createOwnYoga('/graphql')))
else if (SERVER === 'yoga with a pattern') listen(createServer(createOwnYoga('/:tenant/graphql')))
else if (SERVER === 'apollo') {
  const server = new ApolloServer({ typeDefs, resolvers, csrfPrevention: false })
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    async context({ req }) {
      if (req.url === '/set') setRoute(req, '/graphql')
      return {}
    },
  })
  console.log(`ready ${new URL(url).port}`)
} else {
  const server = new ApolloServer({ typeDefs, resolvers, csrfPrevention: false })
  await server.start()
  const app = express()
  app.use('/graphql', createOwnYoga('/graphql'))
  app.use('/apollo', express.json(), expressMiddleware(server))
  app.post('/routed', express.json(), expressMiddleware(server))
  ready(app.listen(0, '127.0.0.1'))
}
