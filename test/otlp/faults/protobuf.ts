/** A field of a message of Protocol Buffers that has a length, of less than 128 bytes. */
export const field = (number: number, value: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from([8 * number + 2, Buffer.byteLength(value)]), Buffer.from(value)])
