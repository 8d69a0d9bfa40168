/** Replaces Node's module `http` in a bundle that creates a server but never starts it: no server is created there. */
export const createServer = () => ({ unref: () => undefined })
