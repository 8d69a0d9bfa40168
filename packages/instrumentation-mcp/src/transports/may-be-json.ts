const [OPEN_BRACE, OPEN_BRACKET, CR] = [0x7b, 0x5b, 0x0d]
export const LF = 0x0a

/** Returns whether bytes may be the beginning of a JSON object or array, after nothing but line ends. */
export function mayBeJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== LF && byte !== CR)
  return first === undefined || first === OPEN_BRACE || first === OPEN_BRACKET
}
