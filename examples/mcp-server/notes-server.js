import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'

/** The notes of all clients, kept until the process ends. @type {string[]} */
const notes = []

/** @param {string} text */
const say = (text) => ({ content: [{ type: /** @type {const} */ ('text'), text }] })

/** Creates an MCP server that keeps notes, with two tools and a prompt. */
export function createNotesServer() {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  server.registerTool(
    'add_note',
    { description: 'Keeps a note.', inputSchema: { text: z.string().max(1000) } },
    ({ text }) => {
      if (notes.length >= 1000) throw new Error('there are 1000 notes: no more fit')
      return say(`note ${notes.push(text)} kept`)
    },
  )
  server.registerTool(
    'find_notes',
    { description: 'Finds the notes that contain a text.', inputSchema: { text: z.string() } },
    ({ text }) => say(notes.filter((note) => note.includes(text)).join('\n') || 'none'),
  )
  server.registerPrompt('summarize_notes', { description: 'Asks for a summary of all notes.' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Summarize these notes:\n${notes.join('\n')}` } }],
  }))
  return server
}
