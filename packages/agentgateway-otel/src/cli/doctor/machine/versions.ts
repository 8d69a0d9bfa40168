/** The oldest version of Node.js on which there are metrics: its major and its minor version. */
export const MINIMUM = [22, 15] as const

/** Whether a version is this one or newer. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor > major || (ownMajor === major && ownMinor >= minor)
}
