export default { appDirectory: '.cache/app', buildDirectory: process.env.OUT, basename: process.env.BASE }
