export default { buildDirectory: process.env.OUT, basename: process.env.BASE }
