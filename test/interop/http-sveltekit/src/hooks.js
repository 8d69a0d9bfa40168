export const reroute = ({ url }) =>
  url.pathname.includes('/tenant-') ? url.pathname.replace(/\/tenant-[^/]*/, '') : undefined
