// The routes that each app of this folder has: some fail, and one asks a model.
const OpenAI = require('openai').default

const client = new OpenAI({ apiKey: 'none', baseURL: process.env.OPENAI_BASE_URL, maxRetries: 0 })

async function ask(model) {
  const messages = [{ role: 'user', content: 'What do I wear tonight?' }]
  const completion = await client.chat.completions.create({ model, messages })
  return completion.choices[0].message.content
}

/** Adds the routes to an Express app, after the middleware that it has. */
function addRoutes(app) {
  app.get('/items/:id', (request, response) => {
    if (request.params.id === '0') return response.status(404).json({ error: 'no such item' })
    response.json({ id: request.params.id })
  })
  app.get('/fails', (_request, response) => response.status(500).json({ error: 'always' }))
  // The client leaves before the response is complete.
  app.get('/slow', (_request, response) => response.write('a part'))
  app.get('/ask/:model', async (request, response) => {
    try {
      response.json({ answer: await ask(request.params.model) })
    } catch (error) {
      response.status(502).json({ error: error.message })
    }
  })
  return app
}

/** Listens on a free port, and prints it, and that of the metrics if they have one of their own. */
function listen(app, metricsPort) {
  const server = app.listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    console.log(`ready ${JSON.stringify({ port, metricsPort: metricsPort ?? port })}`)
  })
}

module.exports = { addRoutes, listen }
