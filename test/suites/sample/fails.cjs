// Fails in every way.
throw new Error('fails without a preload too')
