import { StdioTransport } from '@tmcp/transport-stdio'
import { createTmcp } from './tmcp.js'

new StdioTransport(createTmcp('tmcp-stdio')).listen()
