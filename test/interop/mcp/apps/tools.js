// The tools and prompts of every server here, by the `registerTool` and `registerPrompt` of the official SDK's majors.
export function addTools(server) {
  const text = (text) => ({ content: [{ type: 'text', text }] })
  server.registerTool('echo', { description: 'Says something.' }, () => text('grüße "漢字" 🎈'))
  server.registerTool('broken', { description: 'Throws.' }, () => {
    throw new Error('broken')
  })
  server.registerPrompt('greeting', { description: 'Greets.' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Hello' } }],
  }))
  return server
}
