/** The flags of Node.js whose value may be the next argument, as far as apps are started with them. */
export const FLAGS_WITH_VALUE: ReadonlySet<string> = new Set([
  ...['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--input-type'],
  ...['--env-file', '--env-file-if-exists', '--experimental-config-file', '--watch-path', '--title', '--icu-data-dir'],
  ...['--diagnostic-dir', '--report-dir', '--report-directory', '--report-filename', '--report-signal'],
  ...['--redirect-warnings', '--disable-warning', '--unhandled-rejections', '--dns-result-order', '--inspect-port'],
  ...['--openssl-config', '--tls-cipher-list', '--tls-keylog', '--max-http-header-size', '--trace-event-categories'],
  ...[
    '--heapsnapshot-signal',
    '--heapsnapshot-near-heap-limit',
    '--cpu-prof-dir',
    '--cpu-prof-name',
    '--heap-prof-dir',
  ],
  ...['--localstorage-file', '--allow-fs-read', '--allow-fs-write', '--network-family-autoselection-attempt-timeout'],
])

/** The flags whose value is code, so that no script is run. */
export const EVALUATES = /^(?:-e|-p|-pe|--eval|--print)(?:=|$)/
