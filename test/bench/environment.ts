/** This process's environment, less what would make a child differ from one that a user starts. */
export const childEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|NODE_TEST_CONTEXT|OTEL_.*)$/.test(name)),
  )
