/** Stands for Node's module `http` where a server is made that never starts: there is none then. */
export const createServer = () => ({ unref: () => undefined })
