/** Encodes a message of an AWS event stream whose headers are strings. Its checksums are zero. */
export function awsMessage(headers: Readonly<Record<string, string>>, payload: Uint8Array | string): Buffer {
  const fields = Object.entries(headers).map(([name, value]) => {
    const valueLength = Buffer.alloc(2)
    valueLength.writeUInt16BE(Buffer.byteLength(value))
    return Buffer.concat([
      Buffer.of(Buffer.byteLength(name)),
      Buffer.from(name),
      Buffer.of(7),
      valueLength,
      Buffer.from(value),
    ])
  })
  return awsFrame(Buffer.concat(fields), Buffer.from(payload as string))
}

/** Frames the bytes of headers, which may be broken, and of a payload as a message. */
export function awsFrame(headers: Uint8Array, payload: Uint8Array): Buffer {
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(prelude.length + headers.length + payload.length + 4, 0)
  prelude.writeUInt32BE(headers.length, 4)
  return Buffer.concat([prelude, headers, payload, Buffer.alloc(4)])
}
