// Fails with and without a preload.
throw new Error('fails without a preload too')
