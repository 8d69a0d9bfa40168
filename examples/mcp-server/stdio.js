/** Serves the notes over stdio, to a client that starts this file as its child process. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { createNotesServer } from './notes-server.js'

await createNotesServer().connect(new StdioServerTransport())
