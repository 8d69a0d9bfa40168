/** The notes over stdio, for a client that starts this as its child. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { createNotesServer } from './notes-server.js'

await createNotesServer().connect(new StdioServerTransport())
