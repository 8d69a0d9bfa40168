/** How the messages of a WebSocket are compressed. */
export interface Compression {
  /** Whether a message of the server may refer to those before it. */
  readonly serverKeepsContext: boolean
  /** The same of the client's messages. */
  readonly clientKeepsContext: boolean
}

/**
 * Reads the `sec-websocket-extensions` of a response to a handshake. Returns undefined if messages are not compressed.
 *
 * @throws Error if there is an extension that is not known, because it may change the frames
 */
export function readExtensions(header: string | undefined): Compression | undefined {
  const extensions = (header ?? '').split(',').flatMap((text) => {
    const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
    return name === '' ? [] : [{ name, parameters }]
  })
  const [extension] = extensions
  if (extension === undefined) return undefined
  if (extensions.length > 1 || extension.name !== 'permessage-deflate') throw new Error(`unknown extensions: ${header}`)
  return {
    serverKeepsContext: !extension.parameters.includes('server_no_context_takeover'),
    clientKeepsContext: !extension.parameters.includes('client_no_context_takeover'),
  }
}
