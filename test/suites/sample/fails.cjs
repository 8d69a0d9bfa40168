// Fails without and with any preload.
throw new Error('fails without a preload too')
